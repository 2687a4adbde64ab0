// Speakers who come to share one word: the rules of emergence_lib/experiments/naming_game.py.
(() => {
  "use strict";
  const CALLS = 20; // of advance in which everybody speaks once, on average

  // One agent talks to another; both memories and `held`, how many hold each word, change. Says
  // whether the word was understood. `luck` chooses among the speaker's words.
  function talk(speaker, listener, held, luck) {
    const learn = (memory, word) => {
      memory.push(word);
      held.set(word, (held.get(word) ?? 0) + 1);
    };
    if (!speaker.length) {
      let newest = 0;
      for (const known of held.keys()) newest = Math.max(newest, known);
      learn(speaker, newest + 1);
    }
    const word = speaker[Math.floor(luck * speaker.length)];
    if (!listener.includes(word)) {
      learn(listener, word);
      return false;
    }
    for (const memory of [speaker, listener]) {
      for (const other of memory) {
        if (other === word) continue;
        if (held.get(other) === 1) held.delete(other);
        else held.set(other, held.get(other) - 1);
      }
      memory.length = 1;
      memory[0] = word;
    }
    return true;
  }

  const crowd = (agents) => ({
    memories: Array.from({ length: agents }, () => []),
    held: new Map(),
  });

  // Two different agents, any pair as likely as any other.
  function meet({ memories, held }, random) {
    const agents = memories.length;
    const speaker = Math.floor(agents * random());
    const listener = (speaker + 1 + Math.floor((agents - 1) * random())) % agents;
    return talk(memories[speaker], memories[listener], held, random());
  }

  function agreed({ memories, held }) {
    return held.size === 1 && held.values().next().value === memories.length;
  }

  function setup(stage) {
    const agents = stage.settings.agents;
    const most = agents * stage.data.limit;
    const people = crowd(agents);
    const latest = new Uint8Array(agents); // whether each of the last talks was understood
    let understood = 0; // of them
    let talks = 0;
    // The first point stands twice: a line of no length is seen as a dot.
    const course = { times: [0, 0], understood: [0, 0], words: [0, 0] };
    const share = () => understood / Math.max(1, Math.min(talks, agents));
    const ended = () => talks >= most || agreed(people);

    return {
      advance() {
        for (let left = Math.max(1, Math.round(agents / CALLS)); left && !ended(); left--) {
          const place = talks % agents;
          understood -= latest[place];
          latest[place] = meet(people, stage.random);
          understood += latest[place];
          talks += 1;
        }
        if (course.times.at(-1) < talks / agents) {
          course.times.push(talks / agents);
          course.understood.push(share());
          course.words.push(people.held.size / agents);
        }
        return !ended();
      },
      draw() {
        stage.line("understood", course.times, course.understood);
        stage.line("words", course.times, course.words);
        const everybody = agents.toLocaleString("en");
        if (!talks) return `Run ${stage.run}: ${everybody} speakers, and no talk yet.`;
        const each = (talks / agents).toFixed(1);
        const since = `${talks.toLocaleString("en")} ${talks === 1 ? "talk" : "talks"}`;
        const said = `Run ${stage.run}, after ${since} (${each} a speaker): `;
        if (agreed(people)) {
          const [word] = people.held.keys();
          return `${said}all ${everybody} speakers use one word, number ${word}.`;
        }
        const count = Math.min(talks, agents).toLocaleString("en");
        const words = people.held.size === 1 ? "word" : "words";
        return (
          `${said}${Math.round(100 * share())}% of the last ${count} understood; ` +
          `${people.held.size.toLocaleString("en")} ${words} for ${everybody} speakers.`
        );
      },
    };
  }

  (window.emTwins ??= {}).naming = {
    controls: ["agents"],
    marks: ["understood", "words"],
    data: ["limit"],
    pace: 1,
    talk,
    crowd,
    meet,
    agreed,
    setup,
  };
})();

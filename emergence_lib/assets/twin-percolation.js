// Sites that open until a path crosses: the rules of emergence_lib/experiments/percolation.py.
(() => {
  "use strict";
  const EVERY = 20; // boards thrown for one that is shown: more than three a second would flicker
  const CLOSED = -1;

  // A site points to a site of its cluster that comes earlier, row by row; the first to itself.
  function root(parent, site) {
    while (parent[site] !== site) {
      parent[site] = parent[parent[site]];
      site = parent[site];
    }
    return site;
  }

  function join(parent, one, other) {
    one = root(parent, one);
    other = root(parent, other);
    parent[Math.max(one, other)] = Math.min(one, other);
  }

  // Open a site and join it to its open neighbours in its row and column.
  function open(parent, size, site) {
    const column = site % size;
    parent[site] = site;
    if (site >= size) meet(parent, site, site - size);
    if (column > 0) meet(parent, site, site - 1);
    if (column < size - 1) meet(parent, site, site + 1);
    if (site < size * (size - 1)) meet(parent, site, site + size);
  }

  function meet(parent, site, neighbour) {
    if (parent[neighbour] !== CLOSED) join(parent, site, neighbour);
  }

  // What a board is at a share: sites whose number in `field` is below it are open. `first` holds
  // the first site of each site's cluster, `largest` that of the largest cluster, the earlier of
  // two alike; without an open site it is undefined.
  function clusters(field, size, share) {
    const sites = size * size;
    const first = new Int32Array(sites).fill(CLOSED);
    for (let site = 0; site < sites; site++) if (field[site] < share) open(first, size, site);
    const held = new Int32Array(sites);
    let spans = false;
    for (let site = 0; site < sites; site++) {
      if (first[site] === CLOSED) continue;
      first[site] = root(first, site);
      held[first[site]] += 1;
      // A cluster that begins in the top row and is met in the bottom row.
      if (first[site] < size && site >= sites - size) spans = true;
    }
    let largest;
    let count = 0;
    for (let site = 0; site < sites; site++) {
      if (held[site] > count) [largest, count] = [site, held[site]];
    }
    return { first, largest, count, spans };
  }

  // Sites from the lowest number to the highest: dealt into as many bins as there are sites, then
  // put right among neighbours, which is ten times as quick as sorting by comparison.
  function rising(field) {
    const sites = field.length;
    const bin = (site) => Math.floor(sites * field[site]);
    const place = new Int32Array(sites + 1); // where the next site of a bin goes
    for (let site = 0; site < sites; site++) place[bin(site) + 1] += 1;
    for (let at = 1; at < sites; at++) place[at] += place[at - 1];
    const order = new Int32Array(sites);
    for (let site = 0; site < sites; site++) order[place[bin(site)]++] = site;
    for (let at = 1; at < sites; at++) {
      const site = order[at];
      let to = at;
      for (; to > 0 && field[order[to - 1]] > field[site]; to--) order[to] = order[to - 1];
      order[to] = site;
    }
    return order;
  }

  // The number of the site whose opening makes the first path from top to bottom.
  function threshold(field, size) {
    // Two more sites: one above the whole board, one below it.
    const top = size * size;
    const bottom = top + 1;
    const parent = new Int32Array(top + 2).fill(CLOSED);
    parent[top] = top;
    parent[bottom] = bottom;
    for (const site of rising(field)) {
      open(parent, size, site);
      if (site < size) join(parent, site, top);
      if (site >= size * (size - 1)) join(parent, site, bottom);
      if (root(parent, top) === root(parent, bottom)) return field[site];
    }
  }

  // Neighbours in a row are one box, with its corners in the unit square.
  function boxes(size, belongs) {
    const corners = [];
    for (let row = 0; row < size; row++) {
      let from = -1;
      for (let column = 0; column <= size; column++) {
        const inside = column < size && belongs(row * size + column);
        if (inside && from < 0) from = column;
        if (inside || from < 0) continue;
        corners.push(from / size, 1 - (row + 1) / size, column / size, 1 - row / size);
        from = -1;
      }
    }
    return corners;
  }

  // Share of boards that cross, a stair at each threshold; `thresholds` rise.
  function stairs(thresholds) {
    const xs = [0];
    const ys = [0];
    thresholds.forEach((value, at) => {
      xs.push(value, value);
      ys.push(at / thresholds.length, (at + 1) / thresholds.length);
    });
    return [
      [...xs, 1],
      [...ys, 1],
    ];
  }

  function percent(share) {
    const number = 100 * share;
    return `${number > 0 && number < 1 ? number.toFixed(1) : Math.round(number)}%`;
  }

  function setup(stage) {
    const series = new Map(); // the boards of each size
    let shown = ""; // what the board was drawn for
    let found;

    function throwBoard(boards) {
      const { size, thresholds } = boards;
      for (let site = 0; site < size * size; site++) boards.next[site] = stage.random();
      const value = threshold(boards.next, size);
      const at = thresholds.findIndex((other) => other > value);
      thresholds.splice(at < 0 ? thresholds.length : at, 0, value);
      if ((thresholds.length - 1) % EVERY) return;
      [boards.field, boards.next] = [boards.next, boards.field];
      boards.turn += 1;
    }

    function current() {
      const { size } = stage.settings;
      if (!series.has(size)) {
        const [field, next] = [new Float64Array(size * size), new Float64Array(size * size)];
        series.set(size, { size, field, next, thresholds: [], turn: 0 });
        // The share of a handful of boards is a cliff by luck alone.
        for (let left = stage.data.first; left > 0; left--) throwBoard(series.get(size));
      }
      return series.get(size);
    }

    // Thousands of boxes: drawn when there is something else to see.
    function drawBoard({ size, field, turn }, share) {
      if (shown === `${size} ${turn} ${share}`) return;
      shown = `${size} ${turn} ${share}`;
      found = clusters(field, size, share);
      const { first, largest } = found;
      const other = (site) => first[site] !== CLOSED && first[site] !== largest;
      stage.boxes("open", boxes(size, other));
      stage.boxes("largest", boxes(size, (site) => first[site] === largest));
    }

    return {
      advance() {
        const boards = current();
        if (boards.thresholds.length < stage.data.boards) throwBoard(boards);
        return boards.thresholds.length < stage.data.boards;
      },
      draw() {
        const boards = current();
        const { size, thresholds } = boards;
        const { share } = stage.settings;
        drawBoard(boards, share);
        stage.line("crossed", ...stairs(thresholds));
        const crossing = thresholds.filter((value) => value < share).length;
        const thrown = thresholds.length;
        return (
          `Run ${stage.run}, ${size} × ${size} board, ${Number((100 * share).toFixed(1))}% open: ` +
          `the largest cluster holds ${percent(found.count / size ** 2)} of all sites; ` +
          `${found.spans ? "a" : "no"} path crosses. ` +
          `${crossing.toLocaleString("en")} of ${thrown.toLocaleString("en")} ` +
          `${thrown === 1 ? "board" : "boards"} ${crossing === 1 ? "crosses" : "cross"} ` +
          "at this share."
        );
      },
      change: () => true, // the same board at another share; each size has its own boards
    };
  }

  (window.emTwins ??= {}).percolation = {
    controls: ["share", "size"],
    marks: ["open", "largest", "crossed"],
    data: ["boards", "first"],
    pace: 1,
    clusters,
    threshold,
    setup,
  };
})();

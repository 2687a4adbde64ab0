"""Each network of the library beside its PyTorch twin: same weights, same batches, same rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from emergence_lib.experiments import (
    addition,
    attention,
    autoregressive,
    grokking,
    induction,
    layers,
    modular,
    optim,
    quanta,
)
from tests.crosscheck import torch_twins

Batch = tuple[Any, ...]


@dataclass
class Pair:
    """One network in both forms."""

    net: Any
    twin: Any
    batches: list[Batch]
    """Arguments of ``net.gradient``, one tuple a step."""
    twin_batches: list[Batch]
    """Arguments of ``twin.loss``."""
    rates: list[float]
    loss: Callable[..., float]
    """The library's loss, of the arguments of a batch."""
    betas: tuple[float, float] = (0.9, 0.99)
    decay: float = 0.0
    fused: bool = False
    """PyTorch's optimiser: one kernel for all, or one operation after another."""
    optimiser: optim.Adam = field(init=False)
    twin_optimiser: Any = field(init=False)

    def __post_init__(self) -> None:
        """Give the twin the weights of the network, and each an optimiser."""
        torch_twins.load(self.twin, torch.tensor(self.net.weights))
        self.optimiser = optim.Adam(self.net.weights, betas=self.betas, decay=self.decay)
        # With no decay, AdamW is Adam.
        self.twin_optimiser = torch.optim.AdamW(
            self.twin.parameters(), betas=self.betas, weight_decay=self.decay, fused=self.fused
        )

    def steps(self) -> Iterator[None]:
        """Train the library's network, one step at a time."""
        for batch, rate in zip(self.batches, self.rates, strict=True):
            self.optimiser.step(self.net.gradient(*batch), rate)
            yield

    def twin_steps(self) -> Iterator[None]:
        """Train the twin, one step at a time."""
        for batch, rate in zip(self.twin_batches, self.rates, strict=True):
            for group in self.twin_optimiser.param_groups:
                group["lr"] = rate
            self.twin_optimiser.zero_grad()
            self.twin.loss(*batch).backward()
            self.twin_optimiser.step()
            yield


def first(array: Any) -> torch.Tensor:
    """Return an array as a tensor with the examples, its last axis, first."""
    return torch.tensor(np.ascontiguousarray(np.moveaxis(array, -1, 0)))


def addition_pair(config: addition.Ladder, width: int, steps: int, dtype: Any, **more: Any) -> Pair:
    """Return the adding net of one width."""
    rng = np.random.default_rng(1)
    drawn = [
        addition.problems(rng.choice(config.lengths, config.batch), config.digits, rng)
        for _ in range(steps)
    ]
    batches = [tuple(each.astype(dtype) for each in addition.encode(*some)) for some in drawn]
    net = addition.Net(width, config.digits, rng, dtype)
    return Pair(
        net=net,
        twin=torch_twins.Addition(width, config.digits),
        batches=list(batches),
        twin_batches=[
            (first(inputs), first(answers))
            for (inputs, _), (_, answers) in zip(batches, drawn, strict=True)
        ],
        rates=[
            optim.cosine_rate(step, steps, config.rate, config.warm_up) for step in range(steps)
        ],
        loss=lambda inputs, targets: (
            layers.cross_entropy(net.forward(inputs)[1], targets).sum(0).mean()
        ),
        **more,
    )


def autoregressive_pair(
    config: autoregressive.Config, width: int, steps: int, dtype: Any, **more: Any
) -> Pair:
    """Return the adding net that reads its digits, of one width."""
    plain = addition_pair(config, width, steps, dtype)
    net = autoregressive.Net(width, config.digits, np.random.default_rng(1), config.leading, dtype)

    def loss(inputs: Any, targets: Any) -> float:
        truth = targets[net.order]
        return float(layers.cross_entropy(net.forward(inputs, truth), truth).sum(0).mean())

    return Pair(
        net=net,
        twin=torch_twins.Autoregressive(width, config.digits, leading=config.leading),
        batches=plain.batches,
        twin_batches=plain.twin_batches,
        rates=plain.rates,
        loss=loss,
        **more,
    )


def grokking_pair(config: grokking.Config, steps: int, dtype: Any, **more: Any) -> Pair:
    """Return the grokking net, for the first of the shares."""
    rng = np.random.default_rng(1)
    pairs, answers = grokking.table(config, rng)
    seen = slice(round(config.shares[0] * answers.size))
    inputs = modular.encode(pairs[:, seen], config.modulus).astype(dtype)
    targets = layers.one_hot(answers[None, seen], config.modulus, dtype)[0]
    net = modular.Net(config.modulus, config.width, rng, dtype)
    return Pair(
        net=net,
        twin=torch_twins.Grokking(config.modulus, config.width, config.loss),
        batches=[(inputs, targets, config.loss)] * steps,
        twin_batches=[(first(inputs), torch.tensor(answers[seen]))] * steps,
        rates=[config.rate * min(1, (step + 1) / config.warm_up) for step in range(steps)],
        loss=net.loss,
        betas=(0.9, 0.98),
        decay=config.decay,
        **more,
    )


def induction_pair(
    config: induction.Config, width: int, steps: int, dtype: Any, **more: Any
) -> Pair:
    """Return the attention-only net of one width."""
    rng = np.random.default_rng(1)
    drawn = [induction.sequences(config, config.batch, rng)[0] for _ in range(steps)]
    given = {0: attention.back(config.length - 1)} if config.given else {}
    net = attention.Net(width, config.symbols, config.length - 1, config.layers, rng, dtype)
    return Pair(
        net=net,
        twin=torch_twins.Induction(
            width, config.symbols, config.length - 1, config.layers, config.given
        ),
        batches=[
            (some[:, :-1], layers.one_hot(some[:, 1:], config.symbols, dtype), given)
            for some in drawn
        ],
        twin_batches=[(torch.tensor(some[:, :-1]), torch.tensor(some[:, 1:])) for some in drawn],
        rates=[config.rate * min(1, (step + 1) / config.warm_up) for step in range(steps)],
        loss=lambda tokens, targets, forced: layers.cross_entropy(
            net.forward(tokens, forced)[0], targets
        ).mean(),
        **more,
    )


def quanta_pair(config: quanta.Config, width: int, steps: int, dtype: Any, **more: Any) -> Pair:
    """Return the net of many skills, of one width."""
    rng = np.random.default_rng(1)
    subsets = quanta.draw_subsets(config, rng)
    drawn = [
        quanta.questions(
            rng.choice(config.skills, config.batch, p=config.frequencies), subsets, config, rng
        )
        for _ in range(steps)
    ]
    batches = [tuple(each.astype(dtype) for each in some) for some in drawn]
    net = quanta.Net(width, config, rng, dtype)
    return Pair(
        net=net,
        twin=torch_twins.Quanta(width, config.skills + config.bits),
        batches=list(batches),
        twin_batches=[(first(inputs), torch.tensor(answers)) for inputs, answers in batches],
        rates=[config.rate] * steps,
        loss=lambda inputs, answers: quanta.cross_entropy(net.forward(inputs)[1], answers).mean(),
        **more,
    )

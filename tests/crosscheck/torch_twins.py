"""The hand-written networks once more, from their formulas, in PyTorch.

Nothing is taken from the library: examples come first, gradients come from autograd. The
parameters of a twin stand in the order of the library's flat vector of weights.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Addition(nn.Module):
    """Rectified units; ten logits for each digit of the answer."""

    def __init__(self, width: int, digits: int):
        super().__init__()
        self.hidden = nn.Linear(20 * digits, width)
        self.answer = nn.Linear(width, 10 * (digits + 1))

    def loss(self, inputs: Tensor, digits: Tensor) -> Tensor:
        """Sum over digits, mean over problems; (problems, 20 n) and (problems, n + 1)."""
        logits = self.answer(functional.relu(self.hidden(inputs))).unflatten(1, (-1, 10))
        return functional.cross_entropy(logits.mT, digits, reduction="sum") / len(digits)


class Autoregressive(nn.Module):
    """The same, whose hidden units also read the digits before each digit."""

    def __init__(self, width: int, digits: int, *, leading: bool):
        super().__init__()
        self.leading = leading
        self.hidden = nn.Parameter(torch.empty(width, 20 * digits))
        self.start = nn.Parameter(torch.empty(width))
        self.read = nn.Parameter(torch.empty(digits, width, 10))
        self.answer = nn.Parameter(torch.empty(digits + 1, 10, width))
        self.bias = nn.Parameter(torch.empty(digits + 1, 10))

    def loss(self, inputs: Tensor, digits: Tensor) -> Tensor:
        """Sum over digits, mean over problems; (problems, 20 n) and (problems, n + 1)."""
        digits = digits.flip(1) if self.leading else digits
        seen, total = functional.linear(inputs, self.hidden, self.start), inputs.new_zeros(())
        for place, (answer, bias) in enumerate(zip(self.answer, self.bias, strict=True)):
            logits = functional.linear(functional.relu(seen), answer, bias)
            total = total + functional.cross_entropy(logits, digits[:, place], reduction="sum")
            if place < len(self.read):
                seen = seen + self.read[place].T[digits[:, place]]
        return total / len(digits)


class Grokking(nn.Module):
    """Units that square; one logit for each answer; no biases."""

    def __init__(self, modulus: int, width: int, kind: str):
        super().__init__()
        self.kind = kind
        self.hidden = nn.Linear(2 * modulus, width, bias=False)
        self.answer = nn.Linear(width, modulus, bias=False)

    def loss(self, inputs: Tensor, answers: Tensor) -> Tensor:
        """Mean over pairs; (pairs, 2 modulus) and (pairs,)."""
        logits = self.answer(self.hidden(inputs).square())
        if self.kind == "cross-entropy":
            return functional.cross_entropy(logits, answers)
        wanted = functional.one_hot(answers, logits.shape[1]).to(logits.dtype)
        return functional.mse_loss(logits, wanted, reduction="sum") / len(answers)


class Head(nn.Module):
    """Causal attention with one head; ``given``: always to the position before."""

    def __init__(self, width: int, given: bool):
        super().__init__()
        self.given = given
        self.query, self.key, self.value, self.out = (
            nn.Linear(width, width, bias=False) for _ in range(4)
        )

    def forward(self, stream: Tensor) -> Tensor:
        """Return what the head adds; both (sequences, positions, width)."""
        value = self.value(stream)
        if self.given:
            return self.out(torch.cat([value[:, :1], value[:, :-1]], dim=1))
        query, key = self.query(stream), self.key(stream)
        return self.out(functional.scaled_dot_product_attention(query, key, value, is_causal=True))


class Induction(nn.Module):
    """Attention-only transformer: symbol and place, heads on a residual stream, logits."""

    def __init__(self, width: int, symbols: int, places: int, layers: int, given: bool):
        super().__init__()
        self.embed = nn.Embedding(symbols, width)
        self.place = nn.Parameter(torch.empty(places, width))
        self.read = nn.Linear(width, symbols, bias=False)
        self.heads = nn.ModuleList(Head(width, given and not layer) for layer in range(layers))

    def loss(self, tokens: Tensor, following: Tensor) -> Tensor:
        """Mean over sequences and positions; both (sequences, positions)."""
        stream = self.embed(tokens) + self.place
        for head in self.heads:
            stream = stream + head(stream)
        return functional.cross_entropy(self.read(stream).flatten(0, 1), following.flatten())

    def weights(self) -> list[Tensor]:
        """Return the parameters in the library's order."""
        heads = [parameter for head in self.heads for parameter in head.parameters()]
        return [self.embed.weight, self.place, self.read.weight, *heads]


class Quanta(nn.Module):
    """Rectified units; one logit for "the parity is odd"."""

    def __init__(self, width: int, inputs: int):
        super().__init__()
        self.hidden = nn.Linear(inputs, width)
        self.answer = nn.Linear(width, 1)

    def loss(self, inputs: Tensor, odd: Tensor) -> Tensor:
        """Mean over questions; (questions, inputs) and (questions,)."""
        logits = self.answer(functional.relu(self.hidden(inputs)))[:, 0]
        return functional.binary_cross_entropy_with_logits(logits, odd)


def weights(twin: nn.Module) -> list[Tensor]:
    """Return the parameters in the order of the library's flat vector."""
    return twin.weights() if isinstance(twin, Induction) else list(twin.parameters())


def load(twin: nn.Module, flat: Tensor) -> nn.Module:
    """Copy a flat vector of weights, and its type, into a twin; returns the twin."""
    twin.to(flat.dtype)
    parts = weights(twin)
    with torch.no_grad():
        for part, values in zip(parts, flat.split([each.numel() for each in parts]), strict=True):
            part.copy_(values.reshape(part.shape))
    return twin


def flat(tensors: list[Tensor]) -> Tensor:
    """Return tensors as one vector."""
    return torch.cat([each.detach().flatten() for each in tensors])

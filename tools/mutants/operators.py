"""What is changed: cosmic-ray's operators, one replacement for each place, and four that it lacks.

Texts, annotations and decorators stay: a message's wording decides nothing, and a decorator's options say how a class may
be used.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import parso
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator

_CORE = (
    *(
        f"ReplaceComparisonOperator_{pair}"
        for pair in ("Eq_NotEq", "NotEq_Eq", "Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Is_IsNot", "IsNot_Is")
    ),
    *(f"ReplaceBinaryOperator_{pair}" for pair in ("Add_Sub", "Sub_Add", "Div_Mul")),
    "ReplaceUnaryOperator_Delete_Not",
    "ReplaceUnaryOperator_Delete_USub",
    "AddNot",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "NumberReplacer",
)


# Typed by its abstract methods, which promise None where they mean something else.
_Base: Any = Operator


class _Replacing(_Base):
    """Replaces a node's text by another."""

    @abstractmethod
    def replacement(self, node: Any) -> str:
        """The text to put in the node's place; empty when it stays."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if self.replacement(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, _index: int) -> Any:
        return parso.parse(node.get_first_leaf().prefix + self.replacement(node))

    @classmethod
    def examples(cls) -> Sequence[object]:
        """For cosmic-ray's own tests."""
        return ()


class RemoveRaise(_Replacing):
    """Goes on where an error was raised."""

    def replacement(self, node: Any) -> str:
        return "pass" if node.type == "raise_stmt" or _is_alone(node, "raise") else ""


class ReplaceReturn(_Replacing):
    """Returns nothing; goes on where nothing was returned."""

    def replacement(self, node: Any) -> str:
        value = node.children[1].get_code().strip() if node.type == "return_stmt" else ""
        if _is_alone(node, "return") or value == "None":
            return "" if _is_last(node.parent) else "pass"
        return "return None" if value not in ("", "True", "False") else ""


class ReplaceMembership(_Replacing):
    """Turns `in` round."""

    def replacement(self, node: Any) -> str:
        words = node.get_code().split() if node.parent is not None and node.parent.type == "comparison" else []
        return {"in": "not in", "not in": "in"}.get(" ".join(words), "")


class CatchAnother(_Replacing):
    """Catches an exception that nobody raises."""

    def replacement(self, node: Any) -> str:
        clause = node.parent
        if clause is not None and clause.type == "testlist_comp":
            clause = clause.parent.parent
        if clause is None or clause.type != "except_clause" or node.type not in ("name", "atom_expr"):
            return ""
        return "" if node.get_previous_leaf().value == "as" else "FloatingPointError"


def _is_alone(node: Any, keyword: str) -> bool:
    return node.type == "keyword" and node.value == keyword and node.parent.type == "simple_stmt"


def _is_last(statement: Any) -> bool:
    """Whether the function ends after it in any case."""
    suite = statement.parent
    if suite is None or suite.type != "suite" or suite.children[-1] is not statement:
        return False
    block = suite.parent
    return block.type == "funcdef" or (block.type in ("if_stmt", "try_stmt") and _is_last(block))


OPERATORS: tuple[Any, ...] = (
    *(get_operator(f"core/{name}")() for name in _CORE),
    RemoveRaise(),
    ReplaceReturn(),
    ReplaceMembership(),
    CatchAnother(),
)

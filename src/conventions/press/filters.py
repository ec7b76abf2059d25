"""Filters and tests as a template may use them: which there are, and what each takes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import jinja2
from jinja2 import nodes

from conventions.press.vocabulary import DAY, FLAG, NUMBER, SENTENCE, WORDS, Shape
from conventions.text import Text, quoted

__all__ = ["filter_misfit", "filtered_shape", "takes"]

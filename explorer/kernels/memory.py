"""Memory operations that numba has no Python spelling for, on one-dimensional C-contiguous integer arrays.

``load`` and ``store`` do without numba's test for negative indices; whoever calls them answers for the bounds.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic


def _address(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, args[0])
    index = context.cast(builder, args[1], signature.args[1], types.intp)
    return builder.gep(array.data, [index])


@intrinsic  # type: ignore[misc,untyped-decorator,unused-ignore]
def load(typing_context: Any, array: Any, index: Any) -> Any:
    """``array[index]``."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_address(context, builder, signature, args))

    return array.dtype(array, index), generate


@intrinsic  # type: ignore[misc,untyped-decorator,unused-ignore]
def store(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """``array[index] = value``."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        item = context.cast(builder, args[2], signature.args[2], signature.args[0].dtype)
        builder.store(item, _address(context, builder, signature, args))
        return context.get_dummy_value()

    return types.void(array, index, value), generate


@intrinsic  # type: ignore[misc,untyped-decorator,unused-ignore]
def prefetch(typing_context: Any, array: Any, index: Any) -> Any:
    """Have the cache line of ``array[index]`` fetched, to be written soon; a hint without any other effect."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        flag = ir.IntType(32)
        pointer = ir.IntType(8).as_pointer()
        hint = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(ir.VoidType(), [pointer, flag, flag, flag]), "llvm.prefetch.p0"
        )
        address = builder.bitcast(_address(context, builder, signature, args), pointer)
        # for writing, to be kept in all levels of the cache, of data (not of instructions)
        builder.call(hint, [address, flag(1), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.void(array, index), generate


# Shared between threads ---------------------------------------------------------------------------------------------
# Every claim is one number that is written once: what else is read is ordered by the claim itself ("acq_rel" costs
# nothing on x86, where every atomic operation has it).


@intrinsic  # type: ignore[misc,untyped-decorator,unused-ignore]
def load_shared(typing_context: Any, array: Any, index: Any) -> Any:
    """``array[index]``, as whatever some thread last wrote there."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        size = signature.args[0].dtype.bitwidth // 8
        return builder.load_atomic(_address(context, builder, signature, args), "acquire", size)

    return array.dtype(array, index), generate


@intrinsic  # type: ignore[misc,untyped-decorator,unused-ignore]
def claim(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """Make ``array[index]`` the value if it is 0; what was found there (0: it is ours)."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        item = signature.args[0].dtype
        new = context.cast(builder, args[2], signature.args[2], item)
        address = _address(context, builder, signature, args)
        done = builder.cmpxchg(address, ir.Constant(new.type, 0), new, "acq_rel", "acquire")
        return builder.extract_value(done, 0)

    return array.dtype(array, index, value), generate


def _update(operation: str) -> Any:
    @intrinsic  # type: ignore[misc,untyped-decorator,unused-ignore]
    def update(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            operand = context.cast(builder, args[2], signature.args[2], signature.args[0].dtype)
            return builder.atomic_rmw(operation, _address(context, builder, signature, args), operand, "acq_rel")

        return array.dtype(array, index, value), generate

    return update


fetch_add = _update("add")
"""Add to ``array[index]``; what was there before."""

fetch_or = _update("or")
"""Set bits of ``array[index]``; what was there before."""

LINE = 64
"""Bytes of a cache line."""


@intrinsic  # type: ignore[misc,untyped-decorator,unused-ignore]
def match(typing_context: Any, array: Any, index: Any, value: Any) -> Any:
    """Which lanes of the cache line from ``array[index]`` on equal the value: bit i for lane i; from bit 32 on: are 0.

    One load and two comparisons of a vector.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        dtype = signature.args[0].dtype
        lanes = LINE * 8 // dtype.bitwidth
        item, result = ir.IntType(dtype.bitwidth), ir.IntType(64)
        vector = ir.VectorType(item, lanes)
        address = builder.bitcast(_address(context, builder, signature, args), vector.as_pointer())
        line = builder.load(address)
        line.align = LINE
        wanted = context.cast(builder, args[2], signature.args[2], dtype)
        one = builder.insert_element(ir.Constant(vector, ir.Undefined), wanted, ir.IntType(32)(0))
        all_ = builder.shuffle_vector(
            one, ir.Constant(vector, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes)
        )
        mask = ir.IntType(lanes)
        equal = builder.zext(builder.bitcast(builder.icmp_unsigned("==", line, all_), mask), result)
        empty = builder.icmp_unsigned("==", line, ir.Constant(vector, [0] * lanes))
        return builder.or_(equal, builder.shl(builder.zext(builder.bitcast(empty, mask), result), result(32)))

    return types.int64(array, index, value), generate


@intrinsic  # type: ignore[misc,untyped-decorator,unused-ignore]
def lowest_bit(typing_context: Any, value: Any) -> Any:
    """The position of the lowest bit that is set; the value is not 0."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        number = context.cast(builder, args[0], signature.args[0], types.int64)
        return builder.cttz(number, ir.IntType(1)(1))

    return types.int64(value), generate

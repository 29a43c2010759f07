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

"""Arrays: one contraction node, unit tensors, and what is made of them."""

from calcml.core.tensors.contraction import (
    UNIT as UNIT,
    Label as Label,
    Operand as Operand,
    Spec as Spec,
    array as array,
    contract as contract,
    filled as filled,
    has_arrays as has_arrays,
    operands_of as operands_of,
    permuted as permuted,
    right as right,
    sizes_of as sizes_of,
    transpose as transpose,
)
from calcml.core.tensors.nests import (
    Operands as Operands,
    flattened as flattened,
    in_steps as in_steps,
    is_chain as is_chain,
    joined as joined,
    path as path,
    repeats as repeats,
    small as small,
)
from calcml.core.tensors.products import (
    einsum as einsum,
    kron as kron,
    matmul as matmul,
    outer as outer,
    product as product,
    reshape as reshape,
)
from calcml.core.tensors.reductions import (
    axes_of as axes_of,
    diag as diag,
    flat_reduction as flat_reduction,
    reduction as reduction,
    size_of as size_of,
    square as square,
    total as total,
    trace as trace,
    with_units as with_units,
    without_units as without_units,
)
from calcml.core.tensors.slices import (
    Slice as Slice,
    index as index,
    place_of as place_of,
    slice_of as slice_of,
)
from calcml.core.tensors.units import (
    arange as arange,
    delta as delta,
    is_inside as is_inside,
    lower_ones as lower_ones,
    mask as mask,
    onehot as onehot,
    selector as selector,
    unit_tensor as unit_tensor,
)
from calcml.functions.arrays import REDUCTIONS as REDUCTIONS

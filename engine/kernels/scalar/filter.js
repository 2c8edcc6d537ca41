import { comparisons } from "../kernels.js";
/**
 * The twin of filterU8, filterU16 and filterU32.
 * @param values the whole memory as that width; @param from the first value's index in it.
 * @param bitmap the whole memory as bytes; @param at where the bitmap begins.
 * @returns how many rows are true.
 */
export function filter(comparison, values, from, count, constant, bitmap, at) {
    let found = 0;
    for (let row = 0; row < count; row += 8) {
        const end = Math.min(count - row, 8);
        let bits = 0;
        for (let i = 0; i < end; i++) {
            if (holds(comparison, values[from + row + i], constant)) {
                bits |= 1 << i;
                found++;
            }
        }
        bitmap[at + (row >> 3)] = bits;
    }
    return found;
}
function holds(comparison, value, constant) {
    switch (comparison) {
        case comparisons.equal:
            return value === constant;
        case comparisons.notEqual:
            return value !== constant;
        case comparisons.less:
            return value < constant;
        case comparisons.lessOrEqual:
            return value <= constant;
        case comparisons.greater:
            return value > constant;
        case comparisons.greaterOrEqual:
            return value >= constant;
    }
}
//# sourceMappingURL=filter.js.map
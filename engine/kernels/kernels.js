/** How a filter compares a row's value (left) with the constant (right). */
export const comparisons = { equal: 0, notEqual: 1, less: 2, lessOrEqual: 3, greater: 4, greaterOrEqual: 5 };
//# sourceMappingURL=kernels.js.map
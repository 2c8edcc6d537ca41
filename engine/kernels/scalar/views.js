/** @returns a function that gives views of the memory, made again when it has grown. */
export function viewsOf(memory) {
    let buffer = null;
    let views = null;
    return () => {
        if (views === null || buffer !== memory.buffer) {
            buffer = memory.buffer;
            views = {
                u8: new Uint8Array(buffer),
                u16: new Uint16Array(buffer),
                u32: new Uint32Array(buffer),
                f64: new Float64Array(buffer),
            };
        }
        return views;
    };
}
//# sourceMappingURL=views.js.map
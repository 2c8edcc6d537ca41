import { limits } from '../base/limits.ts';
import type { ColumnSetter, RowBuilder } from './formats/format.ts';
import { tooManyColumns } from './flatten.ts';
import type { Cell } from './infer.ts';
import { decodeJsonText, scanJsonNumber, scannedNumber, skipBlank } from './json-bytes.ts';
import { invalidUtf8At } from './utf8.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A property at its place in the nesting, with what was seen beside it: most records are built alike. */
interface KeyNode {
  readonly path: string;
  /** The key as it stands in the source, between its quotes. */
  readonly raw: Uint8Array;
  readonly children: Map<string, KeyNode>;
  setter: ColumnSetter | null;
  /** The record that had it last: twice in one record goes to the general parser. */
  stamp: number;
  /** The key that came first inside, and the one that came next to it, the last time. */
  first: KeyNode | null;
  next: KeyNode | null;
}

/**
 * Reads JSON objects from bytes straight into columns, as `setEvent` sets what `parseExactJson` reads. What it leaves
 * to those two (`complex`: arrays of objects, keys that stand twice) it has checked for being JSON all the same.
 */
export class JsonScanner {
  readonly #rows: RowBuilder;
  readonly #bytes: Uint8Array;
  readonly #root = newNode('', new Uint8Array(0));
  #scratch = new Uint8Array(256);
  #columns = 0;
  #record = 0;
  #depth = 0;
  at = 0;
  complex = false;
  /** What is wrong, '' = nothing. `at` then is where. */
  error = '';
  /** The error is none of the syntax. */
  noEvent = false;

  constructor(bytes: Uint8Array, rows: RowBuilder) {
    this.#bytes = bytes;
    this.#rows = rows;
  }

  /** Reads the object whose brace stands at `at` and sets its properties; `at` is behind it then. @returns whether it is right. */
  readObject(): boolean {
    this.#record++;
    this.#depth = 0;
    this.complex = false;
    this.error = '';
    this.noEvent = false;
    return this.#object(this.#root);
  }

  /** Passes over any JSON value. */
  skipValue(): boolean {
    this.error = '';
    this.noEvent = false;
    this.#depth = 0;
    return this.#skip();
  }

  #fail(error: string, at = this.at): false {
    if (this.error === '') {
      this.error = error;
      this.at = at;
    }
    return false;
  }

  #refuse(reason: string): false {
    this.noEvent = true;
    return this.#fail(reason);
  }

  #blank(): number {
    const at = skipBlank(this.#bytes, this.at);
    this.at = at;
    return at < this.#bytes.length ? this.#bytes[at] : -1;
  }

  #object(parent: KeyNode): boolean {
    if (++this.#depth > limits.nestingMax)
      return this.#refuse(`it is nested more than ${limits.nestingMax} deep (nestingMax)`);
    this.at++;
    if (this.#blank() === 0x7d) return this.#close();
    let before: KeyNode | null = null;
    for (;;) {
      if (this.#blank() !== 0x22) return this.#fail('the name of a property is wanted');
      const expected: KeyNode | null = before === null ? parent.first : before.next;
      const node: KeyNode | null =
        expected !== null && this.#standsHere(expected.raw) ? expected : this.#findKey(parent);
      if (node === null) return false;
      if (node !== expected) {
        if (before === null) parent.first = node;
        else before.next = node;
      }
      if (node.stamp === this.#record) this.complex = true;
      node.stamp = this.#record;
      before = node;
      if (this.#blank() !== 0x3a) return this.#fail('a colon is wanted');
      this.at++;
      if (!this.#value(node, this.#blank())) return false;
      const after = this.#blank();
      if (after === 0x7d) return this.#close();
      if (after !== 0x2c) return this.#fail(after < 0 ? 'it ends in the middle' : 'a comma or } is wanted');
      this.at++;
    }
  }

  #close(): true {
    this.at++;
    this.#depth--;
    return true;
  }

  /** Whether the key at `at` is this one; goes behind it then. */
  #standsHere(raw: Uint8Array): boolean {
    const bytes = this.#bytes;
    const start = this.at + 1;
    if (bytes[start + raw.length] !== 0x22) return false;
    for (let index = 0; index < raw.length; index++) if (bytes[start + index] !== raw[index]) return false;
    this.at = start + raw.length + 1;
    return true;
  }

  #findKey(parent: KeyNode): KeyNode | null {
    const start = this.at + 1;
    const name = this.#text();
    if (name === null) return null;
    const known = parent.children.get(name);
    if (known !== undefined) return known;
    const path = parent.path === '' ? name : `${parent.path}.${name}`;
    if (path === '') this.#refuse('a property has an empty name');
    else if (path.length > limits.nameBytesMax)
      this.#refuse(`a property's name is longer than ${limits.nameBytesMax} (nameBytesMax)`);
    else {
      const node = newNode(path, this.#bytes.slice(start, this.at - 1));
      parent.children.set(name, node);
      return node;
    }
    return null;
  }

  #setter(node: KeyNode): ColumnSetter | null {
    if (node.setter !== null) return node.setter;
    if (this.#columns >= limits.columnsMax) {
      this.#refuse(tooManyColumns);
      return null;
    }
    this.#columns++;
    return (node.setter = this.#rows.column(node.path));
  }

  #value(node: KeyNode, first: number): boolean {
    if (first === 0x22) return this.#setText(node);
    if (first === 0x7b) return this.#object(node);
    if (first === 0x5b) return this.#array(node);
    if (first === 0x6e) return this.#word('null');
    const setter = this.#setter(node);
    if (setter === null) return false;
    if (first === 0x74) {
      if (!this.#word('true')) return false;
      setter.setBool(true);
    } else if (first === 0x66) {
      if (!this.#word('false')) return false;
      setter.setBool(false);
    } else {
      if (!this.#number()) return false;
      if (scannedNumber.big !== null) setter.setInt(scannedNumber.big);
      else if (Number.isSafeInteger(scannedNumber.value)) setter.setInt(scannedNumber.value);
      else setter.setFloat(scannedNumber.value);
    }
    return true;
  }

  #number(): boolean {
    const end = scanJsonNumber(this.#bytes, this.at);
    if (scannedNumber.error !== '') return this.#fail(scannedNumber.error, end);
    this.at = end;
    return true;
  }

  #word(word: string): boolean {
    for (let index = 0; index < word.length; index++)
      if (this.#bytes[this.at + index] !== word.charCodeAt(index)) return this.#fail(`"${word}" is wanted`);
    this.at += word.length;
    return true;
  }

  #setText(node: KeyNode): boolean {
    const start = this.at + 1;
    const escaped = this.#textEnd();
    if (escaped < 0) return false;
    const setter = this.#setter(node);
    if (setter === null) return false;
    if (escaped === 0) setter.setTextBytes(this.#bytes, start, this.at - 1);
    else setter.setTextBytes(this.#scratch, 0, escaped - 1);
    return true;
  }

  /**
   * Goes behind the text whose quote stands at `at`. @returns 0 when its bytes stand as they are; 1 + how many bytes it
   * has in `#scratch` when it held escapes; −1 when it is wrong.
   */
  #textEnd(): number {
    const bytes = this.#bytes;
    const start = this.at + 1;
    let high = 0;
    let escapes = false;
    let at = start;
    for (; ; at++) {
      const byte = bytes[at];
      if (byte === 0x22) break;
      if (byte === 0x5c) {
        escapes = true;
        at++;
      } else if (!(byte >= 0x20)) {
        this.#fail(at >= bytes.length ? 'a text has no closing quote' : 'a text holds a control character', at);
        return -1;
      }
      high |= byte;
    }
    if (at >= bytes.length) {
      this.#fail('a text has no closing quote', bytes.length);
      return -1;
    }
    const invalid = high >= 0x80 || escapes ? invalidUtf8At(bytes, start, at) : -1;
    if (invalid >= 0) {
      this.#fail('a byte is no UTF-8', invalid);
      return -1;
    }
    this.at = at + 1;
    if (!escapes) return 0;
    if (this.#scratch.length < at - start + 4) this.#scratch = new Uint8Array((at - start) * 2);
    const length = decodeJsonText(bytes, start, at, this.#scratch);
    if (length >= 0) return length + 1;
    const hint = bytes[-length - 1 + 1] === 0x78 ? ' (\\x: an Apache log is read by its LogFormat, --log-format)' : '';
    this.#fail(`a text holds an escape that JSON does not know${hint}`, -length - 1);
    return -1;
  }

  #text(): string | null {
    const start = this.at + 1;
    const escaped = this.#textEnd();
    if (escaped < 0) return null;
    return escaped === 0
      ? decoder.decode(this.#bytes.subarray(start, this.at - 1))
      : decoder.decode(this.#scratch.subarray(0, escaped - 1));
  }

  #array(node: KeyNode): boolean {
    const items: Cell[] = [];
    this.at++;
    if (this.#blank() === 0x5d) this.at++;
    else {
      for (;;) {
        const first = this.#blank();
        if (first === 0x7b || first === 0x5b) {
          this.complex = true;
          if (!this.#skip()) return false;
        } else if (!this.#item(items, first)) return false;
        const after = this.#blank();
        this.at++;
        if (after === 0x5d) break;
        if (after !== 0x2c) {
          this.at--;
          return this.#fail(after < 0 ? 'it ends in the middle' : 'a comma or ] is wanted');
        }
      }
    }
    if (this.complex) return true;
    const setter = this.#setter(node);
    if (setter === null) return false;
    setter.setList(items as never);
    return true;
  }

  /** A scalar element of a list. */
  #item(items: Cell[], first: number): boolean {
    if (first === 0x22) {
      const text = this.#text();
      if (text === null) return false;
      items.push(text);
    } else if (first === 0x74 || first === 0x66) {
      if (!this.#word(first === 0x74 ? 'true' : 'false')) return false;
      items.push(first === 0x74);
    } else if (first === 0x6e) {
      if (!this.#word('null')) return false;
      items.push(null);
    } else {
      if (!this.#number()) return false;
      items.push(scannedNumber.big ?? scannedNumber.value);
    }
    return true;
  }

  #skip(): boolean {
    const first = this.#blank();
    if (first === 0x22) return this.#textEnd() >= 0;
    if (first === 0x74) return this.#word('true');
    if (first === 0x66) return this.#word('false');
    if (first === 0x6e) return this.#word('null');
    if (first !== 0x7b && first !== 0x5b) return this.#number();
    if (++this.#depth > limits.nestingMax)
      return this.#refuse(`it is nested more than ${limits.nestingMax} deep (nestingMax)`);
    const closing = first + 2;
    this.at++;
    if (this.#blank() === closing) return this.#close();
    for (;;) {
      if (first === 0x7b) {
        if (this.#blank() !== 0x22) return this.#fail('the name of a property is wanted');
        if (this.#textEnd() < 0) return false;
        if (this.#blank() !== 0x3a) return this.#fail('a colon is wanted');
        this.at++;
      }
      if (!this.#skip()) return false;
      const after = this.#blank();
      if (after === closing) return this.#close();
      if (after !== 0x2c) return this.#fail(after < 0 ? 'it ends in the middle' : 'a comma or a bracket is wanted');
      this.at++;
    }
  }
}

function newNode(path: string, raw: Uint8Array): KeyNode {
  return { path, raw, children: new Map(), setter: null, stamp: 0, first: null, next: null };
}

/** Just enough of protobuf's wire format to talk to istiod without its generated code. */

export type Field = readonly [number: number, value: string | Uint8Array | undefined];

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return bytes;
  }
}

/** A message of length-delimited fields; an undefined value is left out. */
export function message(...fields: readonly Field[]): Buffer {
  const parts = fields.flatMap(([number, value]) => {
    if (value === undefined) return [];
    const bytes = Buffer.from(value as Uint8Array);
    return [Buffer.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes];
  });
  return Buffer.concat(parts);
}

/** The fields of a message by number: bytes of length-delimited ones, values of the others. */
export class Message {
  readonly #bytes = new Map<number, Buffer[]>();
  readonly #numbers = new Map<number, number>();
  #at = 0;

  constructor(readonly buffer: Buffer) {
    while (this.#at < buffer.length) this.#readField();
  }

  #varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.buffer[this.#at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  #readField(): void {
    const tag = this.#varint();
    const [number, wire] = [Math.floor(tag / 8), tag & 7];
    if (wire === 0) this.#numbers.set(number, this.#varint());
    else if (wire === 2) {
      const length = this.#varint();
      const bytes = this.buffer.subarray(this.#at, this.#at + length);
      this.#bytes.set(number, [...(this.#bytes.get(number) ?? []), bytes]);
      this.#at += length;
    } else this.#at += wire === 1 ? 8 : 4;
  }

  number(field: number): number {
    return this.#numbers.get(field) ?? 0;
  }

  text(field: number): string {
    return this.bytes(field)[0]?.toString() ?? "";
  }

  bytes(field: number): Buffer[] {
    return this.#bytes.get(field) ?? [];
  }

  list(field: number): Message[] {
    return this.bytes(field).map((bytes) => new Message(bytes));
  }

  /** The first one; an empty message where there is none. */
  one(field: number): Message {
    return this.list(field)[0] ?? new Message(Buffer.alloc(0));
  }
}

/** The few kinds of value that a description is made of. */
import { z } from "zod";
import type { CountDescription } from "./description";

/** One schema per key of an interface, each accepting exactly what the interface accepts there. */
export type Shape<T> = { [K in keyof Required<T>]: z.ZodType<unknown, T[K]> };

/** Text that is not empty. */
export const text = z.string().min(1);

/** A list of names, addresses or ids. */
export const names = z.array(text);

/** A map by name. */
export const map = <S extends z.ZodType>(value: S) => z.record(z.string(), value);

/** A whole number within bounds. */
export const whole = (least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  z.int().min(least).max(most);

/** A TCP port. */
export const port = whole(1, 65535);

/** Bounds of a number of machines. */
export const count = z.strictObject({
  min: whole(0),
  max: whole(1),
} satisfies Shape<CountDescription>);

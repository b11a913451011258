/** How much room text takes, and how much is left around it: all in pixels. */
import type { Box, Cell } from "./model";

export const FONT = 12;
export const LINE = 15;
export const PAD = 9;
/** Between two boxes of one column. */
export const GAP = 10;
/** Between two lines that run side by side. */
export const LANE = 9;
/** Around networks, and around the whole. */
export const MARGIN = 16;

/** Widest letters that browsers and rsvg choose for `sans-serif` (DejaVu Sans), as a part of the font's size, on average. */
const LETTER = 0.62;
const BOLD_LETTER = 0.7;

export interface Size {
  width: number;
  height: number;
}

export function textWidth(text: string, { bold = false, size = FONT } = {}): number {
  return Math.ceil(text.length * size * (bold ? BOLD_LETTER : LETTER));
}

/** Of the text alone: title and lines. */
export function textSize({ title, lines }: Box): Size {
  const widths = [textWidth(title, { bold: true }), ...lines.map((line) => textWidth(line))];
  return { width: Math.max(...widths), height: LINE * (1 + lines.length) };
}

/** Of a box that holds no other. */
export function boxSize(box: Box): Size {
  const { width, height } = textSize(box);
  return { width: width + 2 * PAD, height: height + 2 * PAD };
}

/** Of boxes below each other. */
export function stackSize(boxes: Box[]): Size {
  const sizes = boxes.map(boxSize);
  return {
    width: Math.max(0, ...sizes.map(({ width }) => width)),
    height: sizes.reduce((sum, { height }, index) => sum + height + (index && GAP), 0),
  };
}

/** Of a frame with what stands in it. */
export function frameSize({ frame, inside }: Cell): Size {
  const held = stackSize(inside);
  if (!frame) return held;
  const own = textSize(frame);
  return {
    width: Math.max(own.width, held.width) + 2 * PAD,
    height: own.height + held.height + 2 * PAD + (inside.length > 0 ? GAP : 0),
  };
}

export function cellSize(cell: Cell): Size {
  const frame = frameSize(cell);
  const below = stackSize(cell.below);
  return {
    width: Math.max(frame.width, below.width),
    height: frame.height + below.height + (cell.below.length > 0 ? GAP : 0),
  };
}

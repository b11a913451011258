/** Which cell of the grid everything stands in: networks in rows of a page, clusters in columns of one width. */
import { rowsOf } from "../text/layout";
import type { Cell, Drawing, NetworkGroup, VpcGroup } from "./model";

/** Columns of clusters that a page has. */
export const MOST_COLUMNS = 4;

export interface PageRow {
  columns: number;
  networks: NetworkPlace[];
}

export interface NetworkPlace {
  group: NetworkGroup;
  /** The first of its columns in the row. */
  column: number;
  columns: number;
  /** VPCs side by side, below each other where there are too many. */
  rows: VpcPlace[][];
}

export interface VpcPlace {
  group: VpcGroup;
  column: number;
  columns: number;
  rows: Cell[][];
}

export function arrange({ networks }: Drawing): PageRow[] {
  const placed = networks.map(arrangeNetwork);
  const rows = rowsOf(
    placed.map(({ columns }) => columns),
    MOST_COLUMNS,
    0,
  );
  return rows.map((row) => {
    let column = 0;
    const inRow = row.map((index) => {
      const network = moved(placed[index]!, column);
      column += network.columns;
      return network;
    });
    return { columns: column, networks: inRow };
  });
}

function arrangeNetwork(group: NetworkGroup): NetworkPlace {
  const vpcs = group.vpcs.map(arrangeVpc);
  const packed = rowsOf(
    vpcs.map(({ columns }) => columns),
    MOST_COLUMNS,
    0,
  );
  const rows = packed.map((row) => {
    let column = 0;
    return row.map((index) => {
      const vpc = { ...vpcs[index]!, column };
      column += vpc.columns;
      return vpc;
    });
  });
  const widths = rows.map((row) => row.reduce((sum, { columns }) => sum + columns, 0));
  return { group, column: 0, columns: Math.max(1, ...widths), rows };
}

/** A VPC without anything in it takes a column too. */
function arrangeVpc(group: VpcGroup): VpcPlace {
  const columns = Math.min(MOST_COLUMNS, Math.max(1, group.cells.length));
  const rows = Array.from({ length: Math.ceil(group.cells.length / columns) }, (_, row) =>
    group.cells.slice(row * columns, (row + 1) * columns),
  );
  return { group, column: 0, columns, rows };
}

function moved(network: NetworkPlace, by: number): NetworkPlace {
  const rows = network.rows.map((row) => row.map((vpc) => ({ ...vpc, column: vpc.column + by })));
  return { ...network, column: by, rows };
}

/** Every VPC of a page row. */
export function vpcsOf({ networks }: PageRow): VpcPlace[] {
  return networks.flatMap(({ rows }) => rows.flat());
}

/** Every cell of a page row with its column. */
export function cellsOf(row: PageRow): { cell: Cell; column: number }[] {
  return vpcsOf(row).flatMap(({ column, rows }) =>
    rows.flatMap((cells) => cells.map((cell, index) => ({ cell, column: column + index }))),
  );
}

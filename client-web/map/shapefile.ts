// SPDX-License-Identifier: ISC
// Shapefiles as ESRI describes them (July 1998): .shp the shapes, .shx where each of them is, .dbf
// their properties. Mapnik draws nothing faster.

import { writeFileSync } from 'node:fs';
import type { Line, Point, Polygon } from './project';

export type Shape =
  | { kind: 'point'; at: Point }
  | { kind: 'lines'; parts: Line[] }
  | { kind: 'polygon'; parts: Polygon };

export type Value = string | number;
export interface Feature {
  shape: Shape;
  values: Value[];
}
/** A property: texts are cut off behind so many bytes of UTF-8, numbers are whole ones. */
export interface Field {
  name: string;
  type: 'text' | 'number';
  bytes: number;
}

const codes = { point: 1, lines: 3, polygon: 5 } as const;
type Box = [number, number, number, number];

const boxOf = (points: Point[]): Box => {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
};

const writeBox = (bytes: Buffer, at: number, box: Box): void => {
  box.forEach((value, i) => bytes.writeDoubleLE(value, at + 8 * i));
};

/** Shapefiles repeat a ring's first point as its last. */
const partsOf = (shape: Exclude<Shape, { kind: 'point' }>): Point[][] =>
  shape.kind === 'lines' ? shape.parts : shape.parts.map((ring) => [...ring, ring[0] as Point]);

const contentOf = (shape: Shape): Buffer => {
  if (shape.kind === 'point') {
    const bytes = Buffer.alloc(20);
    bytes.writeInt32LE(codes.point, 0);
    bytes.writeDoubleLE(shape.at[0], 4);
    bytes.writeDoubleLE(shape.at[1], 12);
    return bytes;
  }
  const parts = partsOf(shape);
  const points = parts.flat();
  const bytes = Buffer.alloc(44 + 4 * parts.length + 16 * points.length);
  bytes.writeInt32LE(codes[shape.kind], 0);
  writeBox(bytes, 4, boxOf(points));
  bytes.writeInt32LE(parts.length, 36);
  bytes.writeInt32LE(points.length, 40);
  let first = 0;
  parts.forEach((part, i) => {
    bytes.writeInt32LE(first, 44 + 4 * i);
    first += part.length;
  });
  points.forEach(([x, y], i) => {
    bytes.writeDoubleLE(x, 44 + 4 * parts.length + 16 * i);
    bytes.writeDoubleLE(y, 52 + 4 * parts.length + 16 * i);
  });
  return bytes;
};

const headerOf = (code: number, bytes: number, box: Box): Buffer => {
  const header = Buffer.alloc(100);
  header.writeInt32BE(9994, 0);
  header.writeInt32BE(bytes / 2, 24);
  header.writeInt32LE(1000, 28);
  header.writeInt32LE(code, 32);
  writeBox(header, 36, box);
  return header;
};

const cellOf = (value: Value, field: Field): Buffer => {
  if (field.type === 'number') return Buffer.from(String(value).padStart(field.bytes));
  const cell = Buffer.alloc(field.bytes, ' ');
  cell.write(String(value)); // never a part of a character
  return cell;
};

const tableOf = (features: Feature[], fields: Field[]): Buffer => {
  const header = Buffer.alloc(32 + 32 * fields.length + 1);
  header[0] = 3;
  header.set([95, 7, 26], 1); // a date that is always the same: the bytes are a style's name
  header.writeInt32LE(features.length, 4);
  header.writeInt16LE(header.length, 8);
  header.writeInt16LE(1 + fields.reduce((sum, field) => sum + field.bytes, 0), 10);
  fields.forEach((field, i) => {
    header.write(field.name, 32 + 32 * i);
    header.write(field.type === 'text' ? 'C' : 'N', 43 + 32 * i);
    header[48 + 32 * i] = field.bytes;
  });
  header[header.length - 1] = 0x0d;
  const rows = features.map((feature) =>
    Buffer.concat([Buffer.from(' '), ...fields.map((field, i) => cellOf(feature.values[i] as Value, field))]),
  );
  return Buffer.concat([header, ...rows, Buffer.from([0x1a])]);
};

/** Write path.shp, path.shx and path.dbf: features of one kind, at least one. */
export const writeShapefile = (path: string, features: Feature[], fields: Field[]): void => {
  const first = features[0];
  if (!first) throw new Error(`${path} would be empty`);
  const records: Buffer[] = [];
  const index = Buffer.alloc(8 * features.length);
  let at = 100;
  features.forEach(({ shape }, i) => {
    const content = contentOf(shape);
    const head = Buffer.alloc(8);
    head.writeInt32BE(i + 1, 0);
    head.writeInt32BE(content.length / 2, 4);
    index.writeInt32BE(at / 2, 8 * i);
    index.writeInt32BE(content.length / 2, 8 * i + 4);
    records.push(head, content);
    at += 8 + content.length;
  });
  const all = boxOf(
    features.flatMap(({ shape }) => (shape.kind === 'point' ? [shape.at] : shape.parts.flat())),
  );
  const code = codes[first.shape.kind];
  writeFileSync(`${path}.shp`, Buffer.concat([headerOf(code, at, all), ...records]));
  writeFileSync(`${path}.shx`, Buffer.concat([headerOf(code, 100 + index.length, all), index]));
  writeFileSync(`${path}.dbf`, tableOf(features, fields));
};

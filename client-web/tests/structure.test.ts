// SPDX-License-Identifier: ISC
// How the page's source hangs together: each folder imports only from those that are named beside it,
// and no files import each other in a circle. What is imported only as a type, or loaded only when it
// is asked for, makes no circle.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const SRC = join(__dirname, '../src');

/** By folder ('' is src itself): what it may import from, types included. */
const USES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  texts: ['core'],
  net: ['core', 'texts'],
  state: ['core', 'net'],
  layers: ['core', 'net', 'texts', 'state'],
  app: ['core', 'net', 'texts', 'state', 'layers', 'ui', 'parts'],
  ui: ['core', 'net', 'texts', 'state', 'layers', 'app', 'parts'],
  parts: ['core', 'net', 'texts', 'state', 'layers', 'app', 'ui'],
  '': ['core', 'net', 'texts', 'state', 'layers', 'app', 'ui', 'parts'],
};
/** What the page knows and what a person chose: all of app/ that layers may read. */
const STATE = ['app/state.ts', 'app/settings.ts'];

interface Import {
  readonly from: string;
  readonly to: string;
  /** It is there when the file runs. */
  readonly hard: boolean;
  /** It is loaded, then or later. */
  readonly runs: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
  .sort();
const known = new Set(files);

function resolve(from: string, path: string): string | null {
  const target = relative(SRC, join(SRC, dirname(from), path));
  const names = [`${target}.ts`, `${target}.tsx`, `${target}/index.ts`, `${target}/index.tsx`, 'index.ts'];
  return (target === '' ? ['index.ts'] : names.slice(0, 4)).find((name) => known.has(name)) ?? null;
}

const IMPORT =
  /^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'(\.[^']*)'|^import\s+'(\.[^']*)'|\bimport\('(\.[^']*)'\)/gm;

function importsOf(from: string): Import[] {
  const text = readFileSync(join(SRC, from), 'utf8');
  return [...text.matchAll(IMPORT)].flatMap(([, type, named, bare, lazy]) => {
    const to = resolve(from, (named ?? bare ?? lazy)!);
    return to ? [{ from, to, hard: !type && !lazy, runs: !type }] : [];
  });
}

const imports = files.flatMap(importsOf);
function folderOf(file: string): string {
  if (STATE.includes(file)) return 'state';
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '';
}

test('every folder is known, and imports only from where it may', () => {
  expect(imports.length).toBeGreaterThan(200);
  const wrong = imports.filter(({ from, to }) => {
    const [here, there] = [folderOf(from), folderOf(to)];
    return here !== there && !USES[here]?.includes(there);
  });
  expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test('no files import each other in a circle', () => {
  const next = new Map(files.map((file) => [file, [] as string[]]));
  for (const { from, to, hard } of imports) if (hard) next.get(from)!.push(to);
  const done = new Set<string>();
  const path: string[] = [];
  const circles: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push([...path.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file)) return;
    path.push(file);
    next.get(file)!.forEach(visit);
    path.pop();
    done.add(file);
  };
  files.forEach(visit);
  expect(circles).toEqual([]);
});

test('what is loaded when it is asked for is not imported by what comes first', () => {
  const first = imports.filter(({ from, to, hard }) => hard && folderOf(to) === 'parts' && folderOf(from) !== 'parts');
  expect(first.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test('all texts are loaded by somebody', () => {
  const loaded = new Set(imports.filter(({ runs }) => runs).map(({ to }) => to));
  expect(files.filter((file) => file.startsWith('texts/') && !loaded.has(file))).toEqual([]);
});

// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { formatLink, parseLink } from '../src/core/link';
import { cleanTitle, parseTemplate, readTemplate, withTemplate } from '../src/core/template/link';
import { templatePart } from '../src/core/template/part';

const BASE = 'http://canvas.test/';
const ADDRESS = 'http://r.test:8082/images/ab/stencil-80-dither';
const LINK = `#template=${encodeURIComponent(ADDRESS)}&ox=-12&oy=40&tw=80&title=Our+flag`;

test('a link of Pxls names picture, place, width and title', () => {
  expect(parseTemplate(LINK, BASE)).toEqual({ address: ADDRESS, at: { x: -12, y: 40 }, width: 80, title: 'Our flag', dithered: false });
  expect(parseTemplate(`#x=1&y=2&template=${ADDRESS}`, BASE)).toEqual({ address: ADDRESS, at: null, width: null, title: '', dithered: false });
  expect(parseTemplate('#template=art.png', BASE)?.address).toBe('http://canvas.test/art.png');
  expect(parseTemplate('#template=data:image/png;base64,AAAA', BASE)?.address).toBe('data:image/png;base64,AAAA');
});

test('what is no picture of the web is none', () => {
  for (const hash of ['', '#x=1&y=2', '#template=', '#template=javascript:alert(1)', '#template=data:text/html,x', '#template=file:///etc']) {
    expect(parseTemplate(hash, BASE), hash).toBeNull();
  }
  expect(parseTemplate(`#template=${ADDRESS}&ox=1e3&oy=4&tw=-7`, BASE)).toMatchObject({ at: null, width: null });
  expect(parseTemplate(`#template=${ADDRESS}&tw=99999`, BASE)?.width).toBeNull();
});

test('the link keeps the template while one moves, and the place while the template moves', () => {
  const template = parseTemplate(LINK, BASE)!;
  const link = withTemplate('#x=5&y=6&scale=8', template);
  expect(parseLink(link)).toEqual({ x: 5, y: 6, scale: 8 });
  expect(parseTemplate(link, BASE)).toEqual(template);
  const further = formatLink({ x: 7, y: 8, scale: 2 }) + templatePart(link);
  expect(parseLink(further)).toEqual({ x: 7, y: 8, scale: 2 });
  expect(parseTemplate(further, BASE)).toEqual(template);
  expect(parseTemplate(withTemplate(further, { ...template, at: { x: 0, y: -1 } }), BASE)?.at).toEqual({ x: 0, y: -1 });
  expect(withTemplate(further, null)).toBe('#x=7&y=8&scale=2');
  expect(withTemplate(LINK, null)).toBe('');
  // Without a place before it, too, it is found again.
  expect(parseTemplate(templatePart(withTemplate('', template)), BASE)).toEqual(template);
});

test('what somebody pastes is a link of a canvas, or the address of a picture', () => {
  const pxls = `https://pxls.space/#x=100&y=40&scale=8&template=${encodeURIComponent('https://i.test/a b.png')}&ox=5&oy=6&tw=30&oo=1&title=A`;
  expect(readTemplate(` ${pxls}\n`, BASE)).toEqual({
    address: 'https://i.test/a%20b.png', at: { x: 5, y: 6 }, width: 30, title: 'A', dithered: false });
  expect(readTemplate('https://pxls.space/?template=https://i.test/a.png&ox=1&oy=2', BASE)?.at).toEqual({ x: 1, y: 2 });
  expect(readTemplate('#template=x.png', BASE)?.address).toBe('http://canvas.test/x.png');
  // What is relative there is so to there.
  expect(readTemplate('https://other.test/c/#template=x.png', BASE)?.address).toBe('https://other.test/c/x.png');
  expect(readTemplate('https://i.test/our%20flag.png', BASE)).toEqual({
    address: 'https://i.test/our%20flag.png', at: null, width: null, title: 'our flag', dithered: false });
  expect(readTemplate('i.test/flag.webp', BASE)?.address).toBe('https://i.test/flag.webp');
  expect(readTemplate('data:image/png;base64,AAAA', BASE)).toMatchObject({ address: 'data:image/png;base64,AAAA', title: '' });
  for (const text of ['', 'a flag', 'see https://i.test/a.png', 'javascript:alert(1)', 'data:text/html,x', 'https://me:word@i.test/a.png',
    'https://pxls.space/#template=javascript:1', 'a/b', `https://i.test/${'a'.repeat(200_000)}`]) {
    expect(readTemplate(text, BASE), text.slice(0, 60)).toBeNull();
  }
});

test('titles are short, and hide nothing', () => {
  expect(cleanTitle('  a\u202eb\u0000\nc  ')).toBe('a b c');
  expect([...cleanTitle('\u{1f600}'.repeat(200))]).toHaveLength(80);
});

test('a dithered template is one for the others, too', () => {
  const template = { ...parseTemplate(LINK, BASE)!, dithered: true };
  expect(parseTemplate(withTemplate('', template), BASE)).toEqual(template);
});

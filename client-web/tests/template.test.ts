// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { formatLink, parseLink } from '../src/core/link';
import { parseTemplate, templatePart, withTemplate } from '../src/core/template';

const BASE = 'http://canvas.test/';
const ADDRESS = 'http://r.test:8082/images/ab/stencil-80-dither';
const LINK = `#template=${encodeURIComponent(ADDRESS)}&ox=-12&oy=40&tw=80&title=Our+flag`;

test('a link of Pxls names picture, place, width and title', () => {
  expect(parseTemplate(LINK, BASE)).toEqual({ address: ADDRESS, at: { x: -12, y: 40 }, width: 80, title: 'Our flag' });
  expect(parseTemplate(`#x=1&y=2&template=${ADDRESS}`, BASE)).toEqual({ address: ADDRESS, at: null, width: null, title: '' });
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

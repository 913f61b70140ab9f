// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { actionOf, keyOfColour, type Press } from '../src/core/keys';

const press = (code: string, key: string, shiftKey = false): Press => ({ code, key, shiftKey });
const command = (name: string) => ({ kind: 'command', command: name });
const colour = (index: number) => ({ kind: 'colour', index });
const move = (dx: number, dy: number) => ({ kind: 'move', dx, dy });

test('arrows move by one, with Shift by ten', () => {
  expect(actionOf(press('ArrowLeft', 'ArrowLeft'))).toEqual(move(-1, 0));
  expect(actionOf(press('ArrowDown', 'ArrowDown', true))).toEqual(move(0, 10));
});

test('WASD is a place on the keyboard, whatever is printed there', () => {
  expect(actionOf(press('KeyW', 'w'))).toEqual(move(0, -1));
  expect(actionOf(press('KeyW', 'z'))).toEqual(move(0, -1));
  expect(actionOf(press('KeyA', 'Q', true))).toEqual(move(-10, 0));
});

test('digits are where they are, too', () => {
  expect(actionOf(press('Digit1', '1'))).toEqual(colour(0));
  expect(actionOf(press('Digit8', '*', true))).toEqual(colour(15));
  // French: the key 6 prints "-", and digits need Shift.
  expect(actionOf(press('Digit6', '-'))).toEqual(colour(5));
  expect(actionOf(press('Digit9', '9'))).toBeNull();
  expect(actionOf(press('Digit0', '0'))).toEqual(command('fit'));
});

test('a numpad writes digits, or is one of arrows', () => {
  expect(actionOf(press('Numpad4', '4'))).toEqual(colour(3));
  expect(actionOf(press('Numpad4', 'ArrowLeft'))).toEqual(move(-1, 0));
  expect(actionOf(press('Numpad0', '0'))).toEqual(command('fit'));
  expect(actionOf(press('NumpadAdd', '+'))).toEqual(command('zoomIn'));
  expect(actionOf(press('NumpadSubtract', '-'))).toEqual(command('zoomOut'));
  expect(actionOf(press('NumpadEnter', 'Enter'))).toEqual(command('place'));
});

test('letters are what is printed on them', () => {
  expect(actionOf(press('KeyE', 'e'))).toEqual(command('eyedropper'));
  // German: Z and Y change places.
  expect(actionOf(press('KeyY', 'z'))).toEqual(command('undo'));
  expect(actionOf(press('KeyZ', 'y'))).toBeNull();
});

test('on a keyboard without Latin letters they are where they would be', () => {
  expect(actionOf(press('KeyE', 'у'))).toEqual(command('eyedropper'));
});

test('what is printed as plus is plus, be it where a bracket would be', () => {
  expect(actionOf(press('BracketRight', '+'))).toEqual(command('zoomIn'));
  expect(actionOf(press('BracketLeft', 'ü'))).toEqual(command('previousColour'));
  expect(actionOf(press('BracketRight', ']'))).toEqual(command('nextColour'));
  expect(actionOf(press('Minus', '?', true))).toEqual(command('keys'));
});

test('other keys mean nothing here', () => {
  expect(actionOf(press('F5', 'F5'))).toBeNull();
  expect(actionOf(press('Tab', 'Tab'))).toBeNull();
  expect(actionOf(press('KeyQ', 'q'))).toBeNull();
});

test('a colour names its keys', () => {
  expect([keyOfColour(0), keyOfColour(8), keyOfColour(16)]).toEqual(['1', 'Shift+1', '']);
});

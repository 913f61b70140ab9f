// SPDX-License-Identifier: ISC
import { beforeEach, describe, expect, test } from 'vitest';
import { ARRIVAL_MS, Camera, FLIGHT_MS } from '../src/app/camera';
import * as state from '../src/app/state';
import { cellAt, minK, type View } from '../src/core/view';

const bounds = { x0: 0, y0: 0, x1: 1000, y1: 1000 };
let port = { width: 1280, height: 800, dpr: 1 };
const start: View = { k: 8, x: -3_000, y: -3_000 };
const far: View = { k: 16, x: -9_000, y: -8_000 };
const centre = { x: 640, y: 400 };
let now: number;
let calm: boolean;
let wanted: boolean;
let changes: number;
let camera: Camera;

beforeEach(() => {
  now = 1_000;
  [calm, wanted, changes] = [false, false, 0];
  port = { width: 1280, height: 800, dpr: 1 };
  camera = new Camera({
    bounds: () => bounds,
    port: () => port,
    changed: () => changes++,
    request: () => (wanted = true),
    now: () => now,
    calm: () => calm,
  });
  camera.set(start);
});

/** Time passes; frames come while they are asked for. */
function pass(ms: number): void {
  const end = now + ms;
  while (wanted && now < end) {
    now = Math.min(end, now + 16);
    wanted = false;
    camera.frame(now);
  }
  now = end;
}

test('what it shows, everybody knows; of what a hand moves once a frame', () => {
  expect(state.view.value).toBe(start);
  const before = changes;
  camera.pan(1, 4);
  camera.pan(2, 0);
  expect(camera.view).toEqual({ k: 8, x: -2_997, y: -2_996 });
  expect(changes).toBe(before);
  pass(16);
  expect(changes).toBe(before + 1);
  expect(state.view.value).toEqual({ k: 8, x: -2_997, y: -2_996 });
  expect(camera.goal).toBe(state.view.value);
});

describe('a flight', () => {
  test('takes its time, ends exactly at its goal, and asks for no frame after that', () => {
    camera.fly(far);
    expect(camera.goal).toBe(far);
    expect(camera.moving).toBe(true);
    pass(FLIGHT_MS / 2);
    expect(camera.view.k).toBeGreaterThan(8);
    expect(camera.view.k).toBeLessThan(16);
    pass(FLIGHT_MS);
    expect(camera.view).toBe(far);
    expect([camera.moving, wanted]).toEqual([false, false]);
  });

  test('is settled some time after it has ended', () => {
    expect(camera.settled).toBe(true);
    camera.fly(far);
    expect(camera.settled).toBe(false);
    pass(FLIGHT_MS + 20);
    expect([camera.settled, camera.catches]).toEqual([false, true]);
    pass(ARRIVAL_MS);
    expect([camera.settled, camera.catches]).toEqual([true, false]);
  });

  test('is stopped by a press, and goes on when that was only a click', () => {
    camera.fly(far);
    pass(100);
    camera.grab();
    const { view } = camera;
    pass(100);
    expect(camera.view).toBe(view);
    expect(camera.settled).toBe(false);
    camera.release(true);
    pass(FLIGHT_MS + 20);
    expect(camera.view).toBe(far);
  });

  test('does not go on when the press became a drag, nor after a later click', () => {
    camera.fly(far);
    pass(100);
    camera.grab();
    camera.pan(10, 0);
    camera.release(false);
    const { view } = camera;
    camera.grab();
    camera.release(true);
    pass(500);
    expect(camera.view).toBe(view);
  });

  test('is a jump for people who do not want things to move, and they too have to look first', () => {
    calm = true;
    camera.fly(far);
    expect([camera.view, camera.moving, wanted, camera.settled]).toEqual([far, false, false, false]);
    pass(ARRIVAL_MS);
    expect(camera.settled).toBe(true);
  });

  test('gives way to another one, and to being set', () => {
    camera.fly(far);
    pass(100);
    camera.fly(start);
    expect(camera.goal).toBe(start);
    pass(100);
    camera.set(far);
    pass(500);
    expect([camera.view, camera.goal]).toEqual([far, far]);
  });
});

describe('the wheel', () => {
  test('is eased over 90 ms, about the pointer', () => {
    const point = { x: 203, y: 300 };
    const under = cellAt(start, point);
    camera.wheel(point, -500);
    expect(camera.view).toBe(start);
    expect(camera.goal.k).toBe(16);
    pass(45);
    expect(camera.view.k).toBeGreaterThan(9);
    expect(camera.view.k).toBeLessThan(16);
    expect(cellAt(camera.view, point)).toEqual(under);
    pass(64);
    expect(camera.view).toBe(camera.goal);
    expect(camera.moving).toBe(true);
    pass(200);
    expect([camera.moving, wanted]).toEqual([false, false]);
  });

  test.each([10, 50, 300])('ten notches in and ten out, one every %i ms, return exactly', (every) => {
    for (const delta of [-100, 100]) {
      for (let i = 0; i < 10; i++) {
        camera.wheel(centre, delta);
        pass(every);
      }
    }
    pass(500);
    expect(camera.view).toBe(start);
  });

  test('does so for people who do not want things to move, at once', () => {
    calm = true;
    for (let i = 0; i < 10; i++) camera.wheel(centre, -100);
    expect(camera.view.k).toBeCloseTo(32);
    for (let i = 0; i < 10; i++) camera.wheel(centre, 100);
    expect(camera.view).toBe(start);
  });

  test('is where it leads to when a hand comes in between', () => {
    camera.wheel(centre, -500);
    pass(30);
    const { goal } = camera;
    camera.grab();
    expect(camera.view).toBe(goal);
    camera.wheel(centre, -500);
    pass(30);
    camera.pan(10, 0);
    expect(camera.view.k).toBe(32);
    expect(camera.catches).toBe(false);
  });

  test('goes on from where a flight was', () => {
    camera.fly(far);
    pass(100);
    const { k } = camera.view;
    camera.wheel(centre, 500);
    expect(camera.goal.k).toBe(k / 2);
    pass(500);
    expect(camera.view.k).toBe(k / 2);
  });
});

describe('what was thrown', () => {
  test('glides on, ever slower, and comes to rest', () => {
    camera.fling(1_000, 0);
    pass(16);
    expect(camera.view.x - start.x).toBeCloseTo(16, -1);
    pass(1_000);
    expect(camera.view.x - start.x).toBeCloseTo(200);
    expect([camera.moving, wanted]).toEqual([false, false]);
    expect(camera.goal).toBe(camera.view);
  });

  test('is caught by a press, which chooses nothing, and stays there', () => {
    camera.fling(1_000, 0);
    pass(100);
    expect(camera.catches).toBe(true);
    camera.grab();
    const { view } = camera;
    camera.release(true);
    pass(500);
    expect(camera.view).toBe(view);
    expect(camera.catches).toBe(false);
  });

  test('does not move for people who do not want that', () => {
    calm = true;
    camera.fling(1_000, 0);
    pass(500);
    expect(camera.view).toBe(start);
  });

  test('does not leave the canvas', () => {
    camera.set({ k: 8, x: 600, y: -3_000 });
    camera.fling(1_400, 0);
    pass(1_000);
    expect(camera.view.x).toBe(640);
  });
});

describe('a hand', () => {
  test('moves while it holds on, and that is over when it lets go', () => {
    camera.grab();
    expect(camera.moving).toBe(false);
    camera.pan(5, 5);
    expect(camera.moving).toBe(true);
    camera.release(false);
    pass(16);
    const before = changes;
    pass(84);
    expect(camera.moving).toBe(true);
    pass(100);
    // It is drawn once more, and with care.
    expect([camera.moving, wanted, changes]).toEqual([false, false, before + 1]);
  });

  test('on a trackpad is gone when nothing has come for a while', () => {
    camera.pan(5, 5);
    camera.zoomAbout(centre, 1.1);
    expect(camera.moving).toBe(true);
    pass(300);
    expect([camera.moving, wanted]).toEqual([false, false]);
    expect(camera.view.k).toBe(start.k * 1.1);
  });
});

test('a window of another size leaves the scale within what one can zoom to', () => {
  camera.set({ k: minK(port, bounds), x: 300, y: 100 });
  port = { width: 390, height: 300, dpr: 3 };
  const { view } = camera;
  camera.resized();
  expect(camera.view).toBe(view);
  port = { width: 3_840, height: 2_160, dpr: 1 };
  camera.resized();
  expect(camera.view.k).toBe(minK(port, bounds));
});

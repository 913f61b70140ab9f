// SPDX-License-Identifier: ISC
import { describe, expect, test } from 'vitest';
import {
  LEFT,
  MIDDLE,
  RIGHT,
  type Effect,
  type GestureEvent,
  type Kind,
  type Options,
} from '../src/core/gestureevents';
import { DOUBLE_MS, HOLD_MS, reduce, START, wakeAt } from '../src/core/gestures';

const PLAIN: Options = { pencil: false, wheel: 'pan' };
const PENCIL: Options = { pencil: true, wheel: 'pan' };

/** A hand: what it does, and what the page made of it. */
class Hand {
  state = START;
  effects: Effect[] = [];
  time = 1_000;

  constructor(
    readonly kind: Kind,
    readonly options: Options = PLAIN,
  ) {}

  private send(event: GestureEvent): this {
    const { state, effects } = reduce(this.state, event, this.options);
    this.state = state;
    this.effects.push(...effects);
    return this;
  }

  down(
    x: number,
    y: number,
    more: Partial<Extract<GestureEvent, { type: 'down' }>> = {},
  ): this {
    const { kind, time } = this;
    const plain = { button: LEFT, shift: false, caught: false, template: false };
    return this.send({ type: 'down', id: 1, kind, time, point: { x, y }, ...plain, ...more });
  }

  move(x: number, y: number, more: Partial<Extract<GestureEvent, { type: 'move' }>> = {}): this {
    const { kind, time } = this;
    return this.send({ type: 'move', id: 1, kind, time, buttons: 1, point: { x, y }, ...more });
  }

  up(x: number, y: number, id = 1): this {
    return this.send({ type: 'up', id, time: this.time, point: { x, y } });
  }

  /** Down and up again, at once. */
  tap(x: number, y: number, caught = false): this {
    return this.down(x, y, { caught }).wait(20).up(x, y);
  }

  wait(ms: number): this {
    this.time += ms;
    const due = wakeAt(this.state);
    return due !== null && due <= this.time ? this.send({ type: 'tick', time: this.time }) : this;
  }

  cancel(id = 1): this {
    return this.send({ type: 'cancel', id });
  }

  leave(): this {
    return this.send({ type: 'leave', id: 1 });
  }

  elsewhere(): this {
    return this.send({ type: 'elsewhere' });
  }

  abort(): this {
    return this.send({ type: 'abort' });
  }

  wheel(dy: number, more: Partial<Extract<GestureEvent, { type: 'wheel' }>> = {}): this {
    const { time } = this;
    const plain = { dx: 0, mode: 0, ctrl: false, shift: false, point: { x: 5, y: 6 } };
    return this.send({ type: 'wheel', time, dy, ...plain, ...more });
  }

  spread(by: number): this {
    return this.send({ type: 'spread', point: { x: 5, y: 6 }, by });
  }

  /** What came out since this was asked last; without where the mouse is and what is held. */
  get did(): Effect[] {
    const quiet = ['hover', 'grab', 'release', 'press'];
    const did = this.effects.filter(({ type }) => !quiet.includes(type));
    this.effects = [];
    return did;
  }

  get types(): string[] {
    return this.did.map(({ type }) => type);
  }

  get all(): Effect[] {
    const all = this.effects;
    this.effects = [];
    return all;
  }
}

const mouse = (options = PLAIN) => new Hand('mouse', options);
const touch = (options = PLAIN) => new Hand('touch', options);
const pen = (options = PLAIN) => new Hand('pen', options);
const sum = (effects: readonly Effect[]) => {
  let [dx, dy, by] = [0, 0, 1];
  for (const effect of effects) {
    if (effect.type === 'pan') {
      dx += effect.dx;
      dy += effect.dy;
    } else if (effect.type === 'zoomAbout') by *= effect.by;
  }
  return { dx, dy, by };
};

describe('a press that stays', () => {
  test('is a click by mouse and pen, a tap by touch', () => {
    expect(mouse().tap(10, 20).did).toEqual([{ type: 'click', point: { x: 10, y: 20 } }]);
    expect(pen().tap(10, 20).did).toEqual([{ type: 'click', point: { x: 10, y: 20 } }]);
    expect(touch().tap(10, 20).did).toEqual([{ type: 'tap', point: { x: 10, y: 20 } }]);
  });

  test('tells in order that it is there, what is under it, and that it is over', () => {
    const types = mouse().tap(10, 20).all.map(({ type }) => type);
    expect(types).toEqual(['grab', 'hover', 'press', 'click', 'release']);
    const fingers = touch().tap(10, 20).all;
    expect(fingers.map(({ type }) => type)).toEqual(['grab', 'tap', 'release']);
    expect(fingers[2]).toEqual({ type: 'release', still: true });
  });

  test('may tremble: four pixels of the mouse, more of pen and finger', () => {
    expect(mouse().down(10, 10).move(13.9, 10).up(14, 10).types).toEqual(['click']);
    expect(mouse().down(10, 10).move(15, 10).move(10, 10).up(10, 10).types).not.toContain('click');
    expect(pen().down(10, 10).move(15, 10).up(15, 10).types).toEqual(['click']);
    expect(touch().down(10, 10).move(18, 14).up(18, 14).types).toEqual(['tap']);
    expect(touch().down(10, 10).move(21, 10).up(21, 10).types).not.toContain('tap');
  });

  test('means the place where it went down', () => {
    const hand = mouse().down(10, 10).move(13, 12).up(13, 12);
    expect(hand.did).toEqual([{ type: 'click', point: { x: 10, y: 10 } }]);
  });

  test('is where the last move reported it, where browsers round presses', () => {
    const hand = mouse().move(10.7, 20.2, { buttons: 0 }).down(10, 20).up(10, 20);
    expect(hand.did).toEqual([{ type: 'click', point: { x: 10.7, y: 20.2 } }]);
    const far = mouse().move(14.7, 20.2, { buttons: 0 }).down(10, 20).up(10, 20);
    expect(far.did).toEqual([{ type: 'click', point: { x: 10, y: 20 } }]);
  });

  test('that caught a view in motion chooses nothing', () => {
    expect(mouse().tap(10, 10, true).did).toEqual([]);
    expect(touch().tap(10, 10, true).did).toEqual([]);
    expect(touch().tap(10, 10, true).all.at(-1)).toEqual({ type: 'release', still: true });
    expect(touch().down(10, 10, { caught: true }).wait(2 * HOLD_MS).did).toEqual([]);
    expect(touch().down(10, 10, { caught: true }).move(30, 10).types).toEqual(['pan']);
  });

  test('with the right button takes the colour, with the middle one nothing', () => {
    const right = mouse().down(9, 9, { button: RIGHT }).up(9, 9);
    expect(right.did).toEqual([{ type: 'eyedrop', point: { x: 9, y: 9 } }]);
    expect(mouse().down(9, 9, { button: MIDDLE }).up(9, 9).did).toEqual([]);
    expect(pen().down(9, 9, { button: RIGHT }).up(9, 9).types).toEqual(['eyedrop']);
    // It is no press that a click could come of, and no hold.
    const held = mouse().down(9, 9, { button: RIGHT }).wait(2 * HOLD_MS);
    expect(held.all.map(({ type }) => type)).toEqual(['grab', 'hover']);
  });
});

describe('two taps', () => {
  test('soon after each other and near are one double tap, and a third begins anew', () => {
    const hand = touch().tap(10, 10).wait(100).tap(20, 12);
    expect(hand.types).toEqual(['tap', 'doubleTap']);
    expect(hand.wait(50).tap(10, 10).types).toEqual(['tap']);
    expect(mouse().tap(10, 10).wait(100).tap(12, 12).types).toEqual(['click', 'doubleTap']);
  });

  test('far apart in time or on the screen are two', () => {
    const late = DOUBLE_MS + 1;
    expect(touch().tap(10, 10).wait(late).tap(10, 10).types).toEqual(['tap', 'tap']);
    expect(touch().tap(10, 10).tap(26, 10).types).toEqual(['tap', 'tap']);
    expect(mouse().tap(10, 10).tap(25, 10).types).toEqual(['click', 'click']);
  });

  test('with one on a button in between are two', () => {
    expect(touch().tap(10, 10).elsewhere().tap(10, 10).types).toEqual(['tap', 'tap']);
  });

  test('by mouse have to be over in time, by touch to have begun', () => {
    const slow = (hand: Hand) => {
      hand.down(5, 5).wait(10).up(5, 5);
      return hand.wait(200).down(5, 5).wait(100).up(5, 5).types;
    };
    expect(slow(mouse())).toEqual(['click', 'click']);
    expect(slow(touch())).toEqual(['tap', 'doubleTap']);
  });

  test('of which the first began a flight are no more than that', () => {
    expect(touch().tap(10, 10).wait(50).tap(10, 10, true).types).toEqual(['tap']);
  });

  test('that both caught a flight zoom again', () => {
    expect(touch().tap(10, 10, true).wait(50).tap(10, 10, true).types).toEqual(['doubleTap']);
  });

  test('with a drag, a hold, a second finger or another button in between are two', () => {
    const hand = mouse().tap(5, 5).down(5, 5).move(5, 30).up(5, 5);
    expect(hand.tap(5, 5).types.filter((type) => type === 'doubleTap')).toEqual([]);
    const fingers = touch().tap(5, 5).down(100, 5).down(160, 5, { id: 2 }).up(100, 5).up(160, 5, 2);
    expect(fingers.tap(5, 5).types.filter((type) => type === 'doubleTap')).toEqual([]);
    const other = mouse().tap(5, 5).down(5, 5, { button: RIGHT }).up(5, 5).tap(5, 5);
    expect(other.types).toEqual(['click', 'eyedrop', 'click']);
  });
});

describe('a drag', () => {
  test('pans by all that the pointer moved, and clicks nothing', () => {
    const hand = mouse().down(0, 0).wait(500).move(3, 0).move(30, 10).move(60, 40).up(60, 40);
    const held = hand.did;
    expect(held.map(({ type }) => type)).not.toContain('click');
    const quick = mouse().down(0, 0).move(3, 0).move(30, 10).move(60, 40).wait(200).up(60, 40).did;
    expect(sum(quick)).toEqual({ dx: 60, dy: 40, by: 1 });
    expect(quick.map(({ type }) => type)).toEqual(['pan', 'pan']);
  });

  test('pans with the middle and the right button too', () => {
    for (const [button, buttons] of [[MIDDLE, 4], [RIGHT, 2]] as const) {
      const hand = mouse().down(0, 0, { button }).move(30, 0, { buttons }).wait(200).up(30, 0);
      expect(hand.did).toEqual([{ type: 'pan', dx: 30, dy: 0 }]);
    }
  });

  test('counts what is reported only when the pointer goes up', () => {
    expect(sum(touch().down(0, 0).up(40, 9).did)).toEqual({ dx: 40, dy: 9, by: 1 });
    expect(touch().down(0, 0).up(40, 9).types).not.toContain('tap');
  });

  test('throws the picture when it is let go in motion, and not when it rested', () => {
    const throwing = (rest: number) => {
      const hand = touch().down(0, 0);
      for (let x = 10; x <= 200; x += 10) hand.wait(10).move(x, 0);
      return hand.wait(rest).up(200, 0).did.at(-1)!;
    };
    expect(throwing(10)).toEqual({ type: 'fling', vx: 1_000, vy: 0 });
    expect(throwing(120).type).toBe('pan');
  });

  test('tells that it moved', () => {
    expect(mouse().down(0, 0).move(9, 9).up(9, 9).all.at(-1)).toEqual({
      type: 'release',
      still: false,
    });
  });

  test('of the mouse tells where the mouse is all along', () => {
    const hand = mouse().down(0, 0).move(30, 10);
    expect(hand.all.filter(({ type }) => type === 'hover').at(-1)).toEqual({
      type: 'hover',
      point: { x: 30, y: 10 },
    });
  });

  test('whose button went up unseen is over, and throws nothing', () => {
    const hand = mouse().down(0, 0).move(30, 0).move(60, 0, { buttons: 0 });
    expect(hand.types).toEqual(['pan']);
    expect(hand.move(90, 0, { buttons: 0 }).types).toEqual([]);
    expect(hand.tap(90, 0).types).toEqual(['click']);
    // The other button, which is still down, is none of ours.
    expect(mouse().down(0, 0).move(1, 0, { buttons: 2 }).up(1, 0).types).toEqual([]);
  });
});

describe('holding', () => {
  test('begins after a while, can be moved, and ends', () => {
    const hand = touch().down(10, 10).wait(HOLD_MS);
    expect(hand.did).toEqual([{ type: 'holdStart', point: { x: 10, y: 10 }, kind: 'touch' }]);
    expect(hand.move(15, 10).did).toEqual([{ type: 'holdMove', point: { x: 15, y: 10 } }]);
    hand.move(40, 10).up(40, 10);
    expect(hand.did).toEqual([
      { type: 'holdMove', point: { x: 40, y: 10 } },
      { type: 'holdEnd', point: { x: 40, y: 10 }, moved: true, counts: true },
    ]);
  });

  test('without moving says so, and is no tap', () => {
    const hand = touch().down(10, 10).wait(HOLD_MS).move(12, 10).up(12, 10);
    expect(hand.did.at(-1)).toEqual({
      type: 'holdEnd',
      point: { x: 12, y: 10 },
      moved: false,
      counts: true,
    });
  });

  test('does not begin before its time, nor when the pointer moved', () => {
    expect(touch().down(10, 10).wait(HOLD_MS - 1).types).toEqual([]);
    expect(touch().down(10, 10).move(40, 10).wait(2 * HOLD_MS).types).toEqual(['pan']);
    expect(wakeAt(touch().down(10, 10).up(10, 10).state)).toBeNull();
    const early = reduce(touch().down(10, 10).state, { type: 'tick', time: 1_001 }, PLAIN);
    expect(early.effects).toEqual([]);
  });

  test('ends when a second finger comes, which pinches', () => {
    const hand = touch().down(10, 10).wait(HOLD_MS).down(60, 10, { id: 2 });
    expect(hand.did.at(-1)).toEqual({
      type: 'holdEnd',
      point: { x: 10, y: 10 },
      moved: false,
      counts: false,
    });
    expect(hand.move(110, 10, { id: 2 }).types).toEqual(['pan', 'zoomAbout']);
  });

  test('is also the mouse’s, and then no click', () => {
    const hand = mouse().down(10, 10).wait(HOLD_MS).up(10, 10);
    expect(hand.types).toEqual(['holdStart', 'holdEnd']);
  });
});

describe('a line', () => {
  const drawn = ['lineStart', 'lineMove', 'lineEnd'];

  test('is a drag with Shift, from where it began', () => {
    const hand = mouse().down(10, 10, { shift: true }).move(50, 30);
    expect(hand.did).toEqual([
      { type: 'lineStart', point: { x: 10, y: 10 }, kind: 'mouse' },
      { type: 'lineMove', point: { x: 50, y: 30 } },
    ]);
    expect(hand.up(50, 30).did).toEqual([{ type: 'lineEnd', counts: true }]);
  });

  test('is any drag while the pencil is chosen', () => {
    expect(touch(PENCIL).down(10, 10).move(50, 30).up(50, 30).types).toEqual(drawn);
    expect(pen(PENCIL).down(10, 10).move(50, 30).up(50, 30).types).toEqual(drawn);
    expect(mouse(PENCIL).down(10, 10).move(50, 30).up(50, 30).types).toEqual(drawn);
    // But not with the buttons that move the view.
    const middle = mouse(PENCIL).down(0, 0, { button: MIDDLE }).move(50, 0, { buttons: 4 });
    expect(middle.types).toEqual(['pan']);
  });

  test('without movement is a click or a tap, however long it takes', () => {
    expect(mouse().down(10, 10, { shift: true }).wait(900).up(10, 10).types).toEqual(['click']);
    expect(touch(PENCIL).down(10, 10).wait(900).up(10, 10).types).toEqual(['tap']);
  });

  test('counts for nothing when a second finger comes, which pinches', () => {
    const hand = touch(PENCIL).down(10, 10).move(50, 30).down(90, 30, { id: 2 });
    expect(hand.did.at(-1)).toEqual({ type: 'lineEnd', counts: false });
    expect(hand.move(130, 30, { id: 2 }).types).toEqual(['pan', 'zoomAbout']);
    expect(hand.up(130, 30, 2).up(50, 30).types).not.toContain('lineEnd');
  });

  test('counts for nothing when it is cancelled, from outside or by Escape', () => {
    const drawing = () => mouse().down(10, 10, { shift: true }).move(50, 30);
    expect(drawing().cancel().did.at(-1)).toEqual({ type: 'lineEnd', counts: false });
    expect(drawing().abort().did.at(-1)).toEqual({ type: 'lineEnd', counts: false });
    const after = drawing().abort();
    expect(after.did).toHaveLength(3);
    expect(after.move(80, 80).up(80, 80).did).toEqual([]);
    expect(after.tap(80, 80).types).toEqual(['click']);
  });

  test('is not begun by a press that caught a flight', () => {
    const hand = mouse().down(10, 10, { shift: true, caught: true }).move(50, 30);
    expect(hand.types).toEqual(['pan']);
  });
});

describe('a template', () => {
  const on = { template: true };

  test('is dragged from where it was taken', () => {
    const hand = touch().down(10, 10, on).move(50, 30).up(50, 30);
    expect(hand.did).toEqual([
      { type: 'templateStart', point: { x: 10, y: 10 } },
      { type: 'templateMove', point: { x: 50, y: 30 } },
      { type: 'templateEnd', counts: true },
    ]);
  });

  test('goes back when a second finger comes or the pointer is lost', () => {
    const hand = touch().down(10, 10, on).move(50, 30).down(90, 30, { id: 2 });
    expect(hand.did.at(-1)).toEqual({ type: 'templateEnd', counts: false });
    const lost = mouse().down(10, 10, on).move(50, 30).cancel();
    expect(lost.did.at(-1)).toEqual({ type: 'templateEnd', counts: false });
  });

  test('can be clicked on, and is not held', () => {
    expect(mouse().down(10, 10, on).wait(900).up(10, 10).types).toEqual(['click']);
    expect(mouse(PENCIL).down(10, 10, on).move(50, 10).types[0]).toBe('templateStart');
    expect(mouse().down(10, 10, { ...on, button: MIDDLE }).move(50, 10, { buttons: 4 }).types).toEqual(['pan']);
  });
});

describe('two fingers', () => {
  test('hold on to the two points that they touched', () => {
    const hand = touch().down(100, 100).down(200, 100, { id: 2 });
    hand.move(90, 130).move(250, 130, { id: 2 }).move(50, 120).move(250, 120, { id: 2 });
    // The plane's points under the fingers, at a view of {k: 1, x: 0, y: 0} before.
    let view = { k: 1, x: 0, y: 0 };
    for (const effect of hand.did) {
      if (effect.type === 'pan') view = { ...view, x: view.x + effect.dx, y: view.y + effect.dy };
      if (effect.type === 'zoomAbout') {
        const { point, by } = effect;
        view = {
          k: view.k * by,
          x: point.x - (point.x - view.x) * by,
          y: point.y - (point.y - view.y) * by,
        };
      }
    }
    expect(view.k).toBeCloseTo(2, 1);
    expect((50 + 250) / 2).toBeCloseTo(view.x + 150 * view.k, 6);
    expect(120).toBeCloseTo(view.y + 100 * view.k, 6);
  });

  test('that come back to where they were leave the scale as it was', () => {
    const hand = touch().down(100, 100).down(200, 100, { id: 2 });
    for (let i = 1; i <= 20; i++) hand.move(200 + 10 * i, 100 + i, { id: 2 }).move(100 - i, 100);
    for (let i = 19; i >= 0; i--) hand.move(200 + 10 * i, 100 + i, { id: 2 }).move(100 - i, 100);
    expect(Math.abs(sum(hand.did).by - 1)).toBeLessThan(1e-9);
  });

  test('never tap, whichever goes up first', () => {
    const [a, b] = [touch(), touch()];
    a.down(100, 100).down(200, 100, { id: 2 }).up(100, 100).up(200, 100, 2);
    b.down(100, 100).down(200, 100, { id: 2 }).up(200, 100, 2).up(100, 100);
    expect([...a.did, ...b.did]).toEqual([]);
  });

  test('of which one goes up leave the other to pan, without a jump', () => {
    const hand = touch().down(100, 100).down(200, 100, { id: 2 }).move(300, 100, { id: 2 });
    expect(hand.types).toEqual(['pan', 'zoomAbout']);
    hand.up(100, 100).wait(300).move(310, 105, { id: 2 });
    expect(hand.did).toEqual([{ type: 'pan', dx: 10, dy: 5 }]);
  });

  test('that are lifted in motion, one after the other, throw nothing', () => {
    const hand = touch().down(100, 100).down(200, 100, { id: 2 });
    for (let x = 210; x < 400; x += 20) hand.wait(10).move(x, 100, { id: 2 });
    hand.up(100, 100).wait(10).move(420, 100, { id: 2 }).wait(10).move(440, 100, { id: 2 });
    expect(hand.wait(5).up(440, 100, 2).types).not.toContain('fling');
  });

  test('are not torn apart when they meet', () => {
    const hand = touch().down(100, 100).down(101, 100, { id: 2 }).move(100, 100, { id: 2 });
    for (const effect of hand.did) {
      if (effect.type === 'zoomAbout') expect(Number.isFinite(effect.by) && effect.by > 0).toBe(true);
    }
  });

  test('and a third: the first two count, and the others when one of them is gone', () => {
    const hand = touch().down(100, 100).down(200, 100, { id: 2 }).down(300, 300, { id: 3 });
    expect(hand.move(350, 350, { id: 3 }).did).toEqual([]);
    expect(hand.up(100, 100).did).toEqual([]);
    expect(hand.move(400, 350, { id: 3 }).types).toEqual(['pan', 'zoomAbout']);
    hand.up(400, 350, 3);
    expect(hand.wait(300).move(210, 100, { id: 2 }).did).toEqual([{ type: 'pan', dx: 10, dy: 0 }]);
  });

  test('tell only at the end of the last that all is over', () => {
    const hand = touch().down(100, 100).down(200, 100, { id: 2 }).up(100, 100);
    expect(hand.all.map(({ type }) => type)).toEqual(['grab']);
    expect(hand.up(200, 100, 2).all).toEqual([{ type: 'release', still: false }]);
  });
});

describe('a tap and a drag', () => {
  test('zoom with one finger about where it tapped', () => {
    const hand = touch().tap(100, 100).wait(100).down(102, 100);
    expect(hand.types).toEqual(['tap']);
    hand.move(102, 120).move(102, 220);
    expect(hand.did).toEqual([{ type: 'zoomAbout', point: { x: 102, y: 100 }, by: 2 }]);
    expect(hand.up(102, 220).did).toEqual([]);
    expect(hand.tap(102, 220).types).toEqual(['tap']);
  });

  test('and a second finger pinch', () => {
    const hand = touch().tap(100, 100).down(100, 100).move(100, 150).down(200, 150, { id: 2 });
    expect(hand.types).toEqual(['tap']);
    expect(hand.move(300, 150, { id: 2 }).types).toEqual(['pan', 'zoomAbout']);
  });

  test('of the mouse just pan', () => {
    expect(mouse().tap(10, 10).wait(50).down(10, 10).move(10, 40).types).toEqual(['click', 'pan']);
  });
});

describe('a pointer that the browser takes away', () => {
  test('ends everything, also for the fingers that are left', () => {
    const hand = touch().down(100, 100).down(200, 100, { id: 2 }).cancel();
    expect(hand.move(300, 100, { id: 2 }).up(300, 100, 2).did).toEqual([]);
    expect(hand.tap(100, 100).types).toEqual(['tap']);
  });

  test('is no tap', () => {
    expect(touch().down(100, 100).cancel().did).toEqual([]);
    expect(wakeAt(touch().down(100, 100).cancel().state)).toBeNull();
  });

  test('and that had gone up before is nothing', () => {
    const hand = touch().tap(100, 100);
    expect(hand.types).toEqual(['tap']);
    expect(hand.cancel().all).toEqual([]);
    expect(hand.up(100, 100).all).toEqual([]);
  });
});

describe('kinds of pointers', () => {
  test('do not mix: the mouse is nothing while a finger is down', () => {
    const hand = touch().down(100, 100).move(130, 100);
    hand.down(10, 10, { id: 9, kind: 'mouse' }).move(50, 50, { id: 9, kind: 'mouse' });
    expect(hand.types).toEqual(['pan']);
    expect(hand.up(50, 50, 9).types).toEqual([]);
  });

  test('the hand that rests on the screen is nothing while the pen draws', () => {
    const hand = pen(PENCIL).down(10, 10).move(40, 10);
    hand.down(200, 300, { id: 5, kind: 'touch' }).move(260, 300, { id: 5, kind: 'touch' });
    expect(hand.types).toEqual(['lineStart', 'lineMove']);
  });

  test('the pen is meant when the hand came down first', () => {
    const hand = touch(PENCIL).down(200, 300, { id: 5 }).move(240, 300, { id: 5 });
    hand.down(10, 10, { id: 1, kind: 'pen' }).move(50, 10, { kind: 'pen' });
    const ends = [...hand.types];
    expect(ends).toEqual(['lineStart', 'lineMove', 'lineEnd', 'lineStart', 'lineMove']);
    expect(hand.up(240, 300, 5).types).toEqual([]);
    expect(hand.up(50, 10).types).toEqual(['lineEnd']);
  });

  test('a finger puts away what the mouse pointed at', () => {
    const hand = mouse().move(10, 10, { buttons: 0 });
    expect(hand.all).toEqual([{ type: 'hover', point: { x: 10, y: 10 } }]);
    hand.down(100, 100, { kind: 'touch' });
    expect(hand.all).toEqual([{ type: 'grab' }, { type: 'hover', point: null }]);
  });

  test('a pen in the air hovers like a mouse', () => {
    const hand = pen().move(10, 10, { buttons: 0 }).leave();
    expect(hand.all).toEqual([
      { type: 'hover', point: { x: 10, y: 10 } },
      { type: 'hover', point: null },
    ]);
  });

  test('what leaves while it is pressed goes on', () => {
    const hand = mouse().down(10, 10).move(40, 10).leave();
    expect(hand.all.filter(({ type }) => type === 'hover').at(-1)).toEqual({
      type: 'hover',
      point: { x: 40, y: 10 },
    });
    expect(hand.move(60, 10).types).toEqual(['pan']);
  });
});

describe('the wheel', () => {
  test('of a mouse zooms by its notches', () => {
    expect(mouse().wheel(-100).did).toEqual([{ type: 'wheel', point: { x: 5, y: 6 }, delta: -100 }]);
    expect(mouse().wheel(120).did).toEqual([{ type: 'wheel', point: { x: 5, y: 6 }, delta: 120 }]);
  });

  test('counted in lines is as far as the same counted in pixels', () => {
    const [lines] = mouse().wheel(3, { mode: 1 }).did;
    expect(lines).toMatchObject({ type: 'wheel', delta: 100 });
    const [page] = mouse().wheel(1, { mode: 2 }).did;
    expect(page).toMatchObject({ type: 'wheel', delta: 400 });
  });

  test('of a mouse on macOS zooms, whole notches or parts of them', () => {
    expect(mouse().wheel(4.000244140625).types).toEqual(['wheel']);
    expect(mouse().wheel(-36.002197265625).types).toEqual(['wheel']);
  });

  test('with Ctrl zooms as without', () => {
    expect(mouse().wheel(-100, { ctrl: true }).types).toEqual(['wheel']);
  });

  test('with Shift, and one that tilts, goes sideways', () => {
    expect(mouse().wheel(100, { shift: true }).did).toEqual([{ type: 'pan', dx: -100, dy: 0 }]);
    expect(mouse().wheel(0, { dx: 100 }).did).toEqual([{ type: 'pan', dx: -100, dy: -0 }]);
  });

  test('that was turned very hard zooms no farther than four notches at once', () => {
    expect(mouse().wheel(-5_000).did).toMatchObject([{ delta: -400 }]);
  });

  test('that did not turn does nothing', () => {
    expect(mouse().wheel(0).did).toEqual([]);
  });
});

describe('a trackpad', () => {
  test('pans with two fingers, or zooms where that was chosen', () => {
    expect(mouse().wheel(3, { dx: -2 }).did).toEqual([{ type: 'pan', dx: 2, dy: -3 }]);
    expect(mouse().wheel(2.5).did).toMatchObject([{ type: 'pan', dy: -2.5 }]);
    const zooming = mouse({ pencil: false, wheel: 'zoom' });
    expect(zooming.wheel(-250, { dx: 1 }).did).toMatchObject([{ type: 'zoomAbout', by: 2 }]);
  });

  test('is still one in the middle of a quick movement, and a mouse after a while', () => {
    const hand = mouse().wheel(2).wait(16).wheel(100).wait(16).wheel(240);
    expect(hand.types).toEqual(['pan', 'pan', 'pan']);
    expect(hand.wait(1_000).wheel(100).types).toEqual(['wheel']);
  });

  test('zooms with a pinch by what the fingers did', () => {
    const [zoom] = mouse().wheel(-12, { ctrl: true }).did;
    expect(zoom).toMatchObject({ type: 'zoomAbout', point: { x: 5, y: 6 } });
    expect((zoom as { by: number }).by).toBeCloseTo(Math.exp(0.12));
    const there = mouse();
    for (let i = 0; i < 30; i++) there.wheel(-7.3, { ctrl: true });
    for (let i = 0; i < 30; i++) there.wheel(7.3, { ctrl: true });
    expect(Math.abs(sum(there.did).by - 1)).toBeLessThan(1e-9);
  });

  test('of Safari reports its pinch itself; fingers on the screen are known already', () => {
    expect(mouse().spread(1.1).did).toEqual([{ type: 'zoomAbout', point: { x: 5, y: 6 }, by: 1.1 }]);
    expect(touch().down(10, 10).down(50, 50, { id: 2 }).spread(1.1).did).toEqual([]);
  });
});

test('whatever comes in any order, each thing that began ends once, and all ends at rest', () => {
  let seed = 7;
  const below = (n: number) => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % n;
  for (let round = 0; round < 300; round++) {
    const hand = touch(below(2) ? PENCIL : PLAIN);
    const begun = { hold: 0, line: 0, template: 0, grab: 0 };
    const check = () => {
      for (const { type } of hand.all) {
        if (type === 'holdStart') begun.hold++;
        if (type === 'lineStart') begun.line++;
        if (type === 'templateStart') begun.template++;
        if (type === 'grab') begun.grab++;
        if (type === 'holdEnd') begun.hold--;
        if (type === 'lineEnd') begun.line--;
        if (type === 'templateEnd') begun.template--;
        if (type === 'release') begun.grab--;
        if (type === 'holdMove') expect(begun.hold).toBe(1);
        if (type === 'lineMove') expect(begun.line).toBe(1);
        if (type === 'templateMove') expect(begun.template).toBe(1);
      }
      expect(begun.hold + begun.line + begun.template).toBeLessThanOrEqual(1);
    };
    for (let i = 0; i < 60; i++) {
      const id = 1 + below(3);
      const kind = (['touch', 'touch', 'touch', 'mouse', 'pen'] as const)[below(5)]!;
      const [x, y] = [below(100), below(100)];
      const what = below(12);
      hand.wait(below(3) ? below(60) : below(600));
      if (what < 3) hand.down(x, y, { id, kind, caught: below(4) === 0, template: below(5) === 0, shift: below(4) === 0 });
      else if (what < 7) hand.move(x, y, { id, kind, buttons: below(4) ? 1 : 0 });
      else if (what < 10) hand.up(x, y, id);
      else if (what === 10) hand.cancel(id);
      else if (below(3) === 0) hand.abort();
      else hand.wheel(below(200) - 100, { dx: below(3) - 1, ctrl: below(2) === 0 });
      check();
    }
    for (const id of [1, 2, 3]) hand.up(0, 0, id);
    check();
    expect(begun).toMatchObject({ hold: 0, line: 0, template: 0 });
    expect(hand.state.mode.name).toBe('idle');
    expect(hand.state.fingers).toEqual([]);
  }
});

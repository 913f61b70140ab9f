// SPDX-License-Identifier: ISC
// The way from one view to another. Where one point of the screen can be held still on the way, it is;
// a journey goes out as far as it must, so that one sees where one comes along (Van Wijk and Nuij, Smooth
// and efficient zooming and panning, 2003).

import type { Size } from './edit';
import type { Point, View } from './view';

/** How much farther out a longer way leads: the square root of two, as its authors found best. */
const RHO_2 = 2;
/** Scales nearer to each other than this are the same. */
const SAME = 1e-6;

/** The view at each part of the way, from 0 to 1; both ends are exactly what was given. */
export function flight(from: View, to: View, port: Size): (part: number) => View {
  const way = wayOf(from, to, port);
  return (part) => (part <= 0 ? from : part >= 1 ? to : way(part));
}

/** The same for the small step that a notch of the wheel is: it never goes out on the way. */
export function glance(from: View, to: View): (part: number) => View {
  const way = direct(from, to);
  return (part) => (part <= 0 ? from : part >= 1 ? to : way(part));
}

function wayOf(from: View, to: View, port: Size): (part: number) => View {
  const by = to.k / from.k;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (Math.abs(by - 1) < SAME) {
    const near = Math.abs(dx) <= port.width && Math.abs(dy) <= port.height;
    return near ? direct(from, to) : journey(from, to, port);
  }
  const { x, y } = stillOf(from, to);
  const seen = x >= 0 && y >= 0 && x <= port.width && y <= port.height;
  return seen ? direct(from, to) : journey(from, to, port);
}

/** The point of the screen that is the same one of the plane in both views. */
function stillOf(from: View, to: View): Point {
  const by = to.k / from.k;
  return { x: (to.x - from.x * by) / (1 - by), y: (to.y - from.y * by) / (1 - by) };
}

function direct(from: View, to: View): (part: number) => View {
  const by = to.k / from.k;
  if (Math.abs(by - 1) < SAME) {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    return (part) => ({ k: to.k, x: from.x + dx * part, y: from.y + dy * part });
  }
  const still = stillOf(from, to);
  return (part) => {
    const grown = by ** part;
    const x = still.x - (still.x - from.x) * grown;
    const y = still.y - (still.y - from.y) * grown;
    return { k: from.k * grown, x, y };
  };
}

function journey(from: View, to: View, port: Size): (part: number) => View {
  const [halfWidth, halfHeight] = [port.width / 2, port.height / 2];
  const side = Math.max(port.width, port.height);
  const middle = (view: View): Point => ({
    x: (halfWidth - view.x) / view.k,
    y: (halfHeight - view.y) / view.k,
  });
  const [a, b] = [middle(from), middle(to)];
  // How much of the plane is seen, at both ends, and how far they are from each other.
  const [w0, w1] = [side / from.k, side / to.k];
  const far = Math.hypot(b.x - a.x, b.y - a.y);
  const bend = (w: number, sign: 1 | -1): number => {
    const c = (w1 * w1 - w0 * w0 + sign * RHO_2 * RHO_2 * far * far) / (2 * w * RHO_2 * far);
    return Math.log(Math.sqrt(c * c + 1) - c);
  };
  const rho = Math.sqrt(RHO_2);
  const [r0, r1] = [bend(w0, 1), bend(w1, -1)];
  const length = (r1 - r0) / rho;
  return (part) => {
    const s = rho * part * length + r0;
    const along = (w0 / (RHO_2 * far)) * (Math.cosh(r0) * Math.tanh(s) - Math.sinh(r0));
    const k = side / ((w0 * Math.cosh(r0)) / Math.cosh(s));
    const x = a.x + along * (b.x - a.x);
    const y = a.y + along * (b.y - a.y);
    return { k, x: halfWidth - x * k, y: halfHeight - y * k };
  };
}

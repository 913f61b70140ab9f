// SPDX-License-Identifier: ISC
// Pan, wheel and pinch (d3-zoom), ending at a view that may rest; and flights to a view.

import { select } from 'd3-selection';
import 'd3-transition';
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomTransform } from 'd3-zoom';
import type { Rect } from '../core/edit';
import { clamp, MAX_K, minK, rest, type View, type Viewport } from '../core/view';

const FLIGHT_MS = 300;
/** After a flight one first has to see where one is. */
const ARRIVAL_MS = 400;
const CLICK_DISTANCE = 4;
const TAP_DISTANCE = 10;

const toTransform = (view: View): ZoomTransform =>
  zoomIdentity.translate(view.x, view.y).scale(view.k);
const toView = ({ k, x, y }: ZoomTransform): View => ({ k, x, y });

export class Zoom {
  view: View = { k: 1, x: 0, y: 0 };
  /** Where a flight leads; the view itself when none is under way. */
  goal: View = this.view;
  /** A gesture or a flight is under way. */
  moving = false;
  private readonly behaviour = zoom<HTMLCanvasElement, unknown>();
  private readonly selection;
  private start: View = this.view;
  private flownAt = -Infinity;
  /** Where the last flight leads, until a gesture changes the view. */
  private flightGoal: View | null = null;
  private flights = 0;

  constructor(
    element: HTMLCanvasElement,
    private readonly bounds: () => Rect,
    private readonly port: () => Viewport,
    private readonly changed: () => void,
  ) {
    this.selection = select(element);
    this.behaviour
      // With Shift a drag draws a line.
      .filter((event: MouseEvent) => {
        if (event.type === 'mousedown' && event.shiftKey) return false;
        return (!event.ctrlKey || event.type === 'wheel') && !event.button;
      })
      .clickDistance(CLICK_DISTANCE)
      .tapDistance(TAP_DISTANCE)
      .constrain((t) => toTransform(clamp(toView(t), this.port(), this.bounds())))
      .on('start', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        this.start = this.view;
        this.moving = Boolean(event.sourceEvent) || this.flights > 0;
      })
      .on('zoom', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        this.view = toView(event.transform);
        if (event.sourceEvent) {
          this.goal = this.view;
          this.flightGoal = null;
        }
        this.changed();
      })
      .on('end', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        this.moving = false;
        if (event.sourceEvent) this.set(rest(this.start, this.view, this.port(), this.bounds()));
        this.changed();
      });
    this.selection.call(this.behaviour).on('dblclick.zoom', null);
    this.resized();
  }

  /** Whether the view stands still, and has for long enough to see what one would click on. */
  get settled(): boolean {
    return this.flights === 0 && performance.now() - this.flownAt >= ARRIVAL_MS;
  }

  set(view: View): void {
    this.goal = view;
    this.selection.interrupt();
    this.behaviour.transform(this.selection, toTransform(view));
  }

  /** Flies there; jumps for people who do not want things to move. */
  fly(view: View): void {
    const landed = () => {
      this.flights--;
      this.flownAt = performance.now();
    };
    this.flights++;
    this.flightGoal = view;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.set(view);
      return landed();
    }
    this.goal = view;
    const flight = this.selection.transition().duration(FLIGHT_MS);
    flight.on('end interrupt cancel', landed);
    this.behaviour.transform(flight, toTransform(view));
  }

  /** A press stops a flight. When it was only a click, the flight goes on. */
  flyOn(): void {
    const { flightGoal, view } = this;
    if (flightGoal && this.flights === 0 && flightGoal.k !== view.k) this.fly(flightGoal);
  }

  /** The window has another size, or there is more or less to see. */
  resized(): void {
    this.behaviour.scaleExtent([minK(this.port(), this.bounds()), MAX_K]);
  }
}

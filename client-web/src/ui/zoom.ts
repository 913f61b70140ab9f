// SPDX-License-Identifier: ISC
// Pan, wheel and pinch (d3-zoom), ending at a view that may rest; and flights to a view.

import { select } from 'd3-selection';
import 'd3-transition';
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomTransform } from 'd3-zoom';
import type { Size } from '../core/edit';
import { clamp, MAX_K, minK, rest, type View, type Viewport } from '../core/view';

const FLIGHT_MS = 300;
const CLICK_DISTANCE = 4;
const TAP_DISTANCE = 10;

const toTransform = (view: View): ZoomTransform =>
  zoomIdentity.translate(view.x, view.y).scale(view.k);
const toView = ({ k, x, y }: ZoomTransform): View => ({ k, x, y });

export class Zoom {
  view: View = { k: 1, x: 0, y: 0 };
  /** Where a flight leads; the view itself when none is under way. */
  goal: View = this.view;
  private readonly behaviour = zoom<HTMLCanvasElement, unknown>();
  private readonly selection;
  private start: View = this.view;

  constructor(
    element: HTMLCanvasElement,
    private readonly size: Size,
    private readonly port: () => Viewport,
    private readonly changed: () => void,
  ) {
    this.selection = select(element);
    this.behaviour
      .clickDistance(CLICK_DISTANCE)
      .tapDistance(TAP_DISTANCE)
      .constrain((t) => toTransform(clamp(toView(t), this.port(), this.size)))
      .on('start', () => (this.start = this.view))
      .on('zoom', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        this.view = toView(event.transform);
        if (event.sourceEvent) this.goal = this.view;
        this.changed();
      })
      .on('end', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        if (event.sourceEvent) this.set(rest(this.start, this.view, this.port(), this.size));
      });
    this.selection.call(this.behaviour).on('dblclick.zoom', null);
    this.resized();
  }

  set(view: View): void {
    this.goal = view;
    this.selection.interrupt();
    this.behaviour.transform(this.selection, toTransform(view));
  }

  /** Flies there; jumps for people who do not want things to move. */
  fly(view: View): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return this.set(view);
    this.goal = view;
    this.behaviour.transform(this.selection.transition().duration(FLIGHT_MS), toTransform(view));
  }

  /** The window has another size. */
  resized(): void {
    this.behaviour.scaleExtent([minK(this.port(), this.size), MAX_K]);
  }
}

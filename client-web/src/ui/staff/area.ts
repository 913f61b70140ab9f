// SPDX-License-Identifier: ISC
// What the staff can do with a rectangle: who drew in it, and roll back, lock and ban. Nothing is done
// before its preview has been seen and a reason given.

import type { Rect } from '../../core/edit';
import { predicateOf } from '../../core/predicate';
import type { Author, Control, Job, Plan } from '../../net/control';
import { button, make } from '../dom';
import { ask } from './ask';
import type { Overlay } from './overlay';

export interface AreaHost {
  readonly control: Control;
  readonly overlay: Overlay;
  /** Begins dragging a rectangle. */
  drag(): void;
  /** Does it, and says what went wrong. */
  attempt(what: () => Promise<void>): Promise<void>;
  say(words: string): void;
}

const TIMES = [
  ['10m', '10 minutes'],
  ['1h', '1 hour'],
  ['2h', '2 hours'],
  ['24h', '1 day'],
  ['168h', '1 week'],
] as const;

export class AreaTab {
  readonly root = make('div', { className: 'tab' });
  private readonly where = make('p', { className: 'quiet' });
  private readonly time = make('select', { name: 'time' });
  private readonly list = make('ul', { className: 'authors' });
  private readonly outcome = make('div', { className: 'outcome' });
  private readonly rollBackButton = button('Preview roll back', () => void this.plan());
  private readonly lockButton = button('Lock until', () => void this.lock());
  private readonly banButton = button('Ban', () => void this.ban());
  private area: Rect | null = null;

  constructor(private readonly host: AreaHost) {
    for (const [value, words] of TIMES) this.time.append(make('option', { value, textContent: words }));
    this.time.value = '2h';
    this.time.addEventListener('change', () => void this.load());
    const select = button('Drag a rectangle', () => host.drag());
    select.className = 'main';
    const actions = make('div', { className: 'actions' }, this.rollBackButton, this.lockButton, this.banButton);
    this.outcome.setAttribute('role', 'status');
    this.root.append(
      make('div', { className: 'actions' }, select),
      this.where,
      make('label', {}, 'Edits of the last', this.time),
      this.list,
      actions,
      this.outcome,
    );
    this.choose(null);
  }

  choose(area: Rect | null): void {
    this.area = area;
    this.host.overlay.select(area);
    this.host.overlay.clear();
    this.outcome.replaceChildren();
    this.where.textContent = area
      ? `${area.x0}, ${area.y0}: ${area.x1 - area.x0} × ${area.y1 - area.y0}`
      : 'No area yet';
    this.list.replaceChildren();
    this.enable();
    if (area) void this.load();
  }

  private get chosen(): string[] {
    return [...this.list.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value);
  }

  private get predicate(): string {
    return predicateOf({ area: this.area!, time: this.time.value, authors: this.chosen });
  }

  private enable(): void {
    this.rollBackButton.disabled = this.lockButton.disabled = this.area === null;
    this.banButton.disabled = this.chosen.length === 0;
  }

  private load(): Promise<void> {
    return this.host.attempt(async () => {
      const { area } = this;
      if (!area) return;
      const query = {
        x: area.x0,
        y: area.y0,
        w: area.x1 - area.x0,
        h: area.y1 - area.y0,
        t: this.time.value,
      };
      let found = (await this.host.control.get('authors', query)) as { job?: number; authors?: Author[] };
      if (!found.authors && found.job) {
        found = (await this.host.control.finish(found.job, () => {})).result as typeof found;
      }
      if (area !== this.area) return;
      this.list.replaceChildren(...(found.authors ?? []).map((author) => this.row(author)));
      if (!found.authors?.length) this.list.append(make('li', { textContent: 'Nobody drew here' }));
      this.enable();
    });
  }

  private row({ author, name, edits }: Author): HTMLElement {
    const box = make('input', { type: 'checkbox', value: author });
    box.addEventListener('change', () => {
      this.enable();
      this.host.overlay.clear();
      this.outcome.replaceChildren();
    });
    const count = make('span', { className: 'count', textContent: edits.toLocaleString() });
    return make('li', {}, make('label', { title: author }, box, make('span', { textContent: name || author }), count));
  }

  private plan(): Promise<void> {
    return this.host.attempt(async () => {
      const { control, overlay } = this.host;
      const { predicate } = this;
      this.outcome.textContent = 'Looking';
      const { job } = await control.post('plan', '', { predicate });
      const done = await control.finish(job as number, (share) => {
        this.outcome.textContent = `Looking: ${Math.round(100 * share)} %`;
      });
      const plan = done.result as Plan;
      const [x, y, w, h] = plan.bounds ?? [0, 0, 0, 0];
      if (plan.pixels > 0 && w > 0) {
        await overlay.show(await control.preview(job as number), { x0: x, y0: y, x1: x + w, y1: y + h });
      }
      const pixels = count(plan.pixels, 'pixel');
      const words = make('p', {
        textContent:
          plan.pixels === 0
            ? 'Nothing of it is on top any more'
            : `${count(plan.edits, 'edit')}: ${pixels} would change. Shown is what it would look like.` +
              (plan.bystanders ? ` ${count(plan.bystanders, 'pixel')} of others stay as they are.` : ''),
      });
      this.outcome.replaceChildren(words);
      if (plan.pixels === 0) return;
      const go = button(`Roll back ${pixels}`, () => void this.apply(plan));
      go.className = 'main danger';
      const leave = button('Leave it', () => {
        overlay.clear();
        this.outcome.replaceChildren();
      });
      this.outcome.append(make('div', { className: 'actions' }, go, leave));
      this.outcome.scrollIntoView({ block: 'nearest' });
    });
  }

  private apply({ predicate, version, digest, pixels }: Plan): Promise<void> {
    return this.host.attempt(async () => {
      const answer = await ask(`Roll back ${count(pixels, 'pixel')}`, 'Roll back', false);
      if (!answer) return;
      const { control, overlay } = this.host;
      this.outcome.textContent = 'Rolling back';
      const started = await control.post('apply', answer.why, { plan: { predicate, version, digest } });
      const { result } = await this.follow(started.job as number);
      overlay.clear();
      const { action } = result as { action: number };
      const undo = button('Undo that', () => void this.undo(action));
      this.outcome.replaceChildren(
        make('p', { textContent: `Rolled back, as action ${action}` }),
        make('div', { className: 'actions' }, undo),
      );
    });
  }

  private undo(action: number): Promise<void> {
    return this.host.attempt(async () => {
      const answer = await ask(`Undo action ${action}`, 'Undo', false);
      if (!answer) return;
      const { job } = await this.host.control.post('undo', answer.why, { action });
      await this.follow(job as number);
      this.outcome.textContent = `Action ${action} is undone`;
    });
  }

  private follow(job: number): Promise<Job> {
    return this.host.control.finish(job, (share) => {
      this.outcome.textContent = `${Math.round(100 * share)} % done`;
    });
  }

  private lock(): Promise<void> {
    return this.host.attempt(async () => {
      const area = this.area!;
      const answer = await ask('Lock this area', 'Lock', true, true);
      if (!answer) return;
      const { x0, y0, x1, y1 } = area;
      const until = answer.seconds === null ? null : Date.now() + 1_000 * answer.seconds;
      const name = `locked ${x0},${y0} ${x1 - x0}x${y1 - y0}`;
      const region = { name, x: x0, y: y0, w: x1 - x0, h: y1 - y0, closed: true };
      await this.host.control.post('region', answer.why, {
        ...region,
        ...(until !== null && { until }),
        ...(answer.words && { words: answer.words }),
      });
      this.host.say('The area is locked');
    });
  }

  private ban(): Promise<void> {
    return this.host.attempt(async () => {
      const authors = this.chosen;
      const answer = await ask(`Ban ${count(authors.length, 'author')}`, 'Ban', true);
      if (!answer) return;
      for (const who of authors) {
        const period = answer.seconds === null ? {} : { for: answer.seconds };
        await this.host.control.post('ban', answer.why, { who, ...period });
      }
      this.host.say(`${count(authors.length, 'author')} banned`);
    });
  }
}

export const count = (n: number, what: string): string =>
  `${n.toLocaleString()} ${what}${n === 1 ? '' : 's'}`;

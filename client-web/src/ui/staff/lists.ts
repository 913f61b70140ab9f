// SPDX-License-Identifier: ISC
// Lists of what there is: reports (J and K walk through them), bans, regions, and the audit. All of it is
// text that somebody wrote, and stays text.

import type { Rect } from '../../core/edit';
import { agoWords, untilWords } from '../../core/time';
import type { Control, Fields } from '../../net/control';
import { button, make } from '../dom';
import { count } from './area';
import { ask } from './ask';

export interface ListHost {
  readonly control: Control;
  attempt(what: () => Promise<void>): Promise<void>;
  say(words: string): void;
  /** Shows this part of the plane. */
  goTo(area: Rect): void;
}

const text = (v: unknown): string => (typeof v === 'string' ? v : typeof v === 'number' ? String(v) : '');
const number = (v: unknown): number => (typeof v === 'number' ? v : 0);

function areaOf(fields: Fields): Rect {
  const [x, y] = [number(fields.x), number(fields.y)];
  return { x0: x, y0: y, x1: x + Math.max(1, number(fields.w)), y1: y + Math.max(1, number(fields.h)) };
}

/** The records of an answer, which is a list or an object with one. */
const rowsOf = (answer: unknown, name: string): Fields[] => {
  const rows = Array.isArray(answer) ? answer : (answer as Fields | null)?.[name];
  return Array.isArray(rows) ? (rows as Fields[]) : [];
};

abstract class ListTab {
  readonly root = make('div', { className: 'tab' });
  protected readonly list = make('ul', { className: 'rows' });

  constructor(
    protected readonly host: ListHost,
    private readonly path: string,
    private readonly empty: string,
  ) {
    this.root.append(this.list);
  }

  load(): Promise<void> {
    return this.host.attempt(async () => {
      const rows = rowsOf(await this.host.control.get(this.path), this.path);
      this.list.replaceChildren(...rows.map((row, i) => this.row(row, i)));
      if (rows.length === 0) this.list.append(make('li', { textContent: this.empty }));
      this.loaded(rows);
    });
  }

  protected loaded(_rows: readonly Fields[]): void {}
  protected abstract row(row: Fields, index: number): HTMLElement;

  protected line(title: string, ...details: string[]): HTMLLIElement {
    const quiet = make('span', { className: 'quiet', textContent: details.filter(Boolean).join(' · ') });
    return make('li', {}, make('span', { className: 'title', textContent: title }), quiet);
  }

  /** Ends something, for a reason. */
  protected end(title: string, verb: string, path: string, fields: Fields): Promise<void> {
    return this.host.attempt(async () => {
      const answer = await ask(title, verb, false);
      if (!answer) return;
      await this.host.control.post(path, answer.why, fields);
      await this.load();
    });
  }
}

export class ReportsTab extends ListTab {
  private rows: readonly Fields[] = [];
  private at = -1;

  constructor(host: ListHost) {
    super(host, 'reports', 'No reports are open');
    this.root.prepend(make('p', { className: 'quiet', textContent: 'J and K walk through them' }));
  }

  /** The next one, or the one before. */
  step(by: 1 | -1): void {
    if (this.rows.length === 0) return;
    this.at = (this.at + by + this.rows.length) % this.rows.length;
    this.show();
  }

  protected override loaded(rows: readonly Fields[]): void {
    this.rows = rows;
    this.at = Math.min(this.at, rows.length - 1);
    this.mark();
  }

  protected row(row: Fields, index: number): HTMLElement {
    const area = areaOf(row);
    const item = this.line(
      `${text(row.reason)} at ${area.x0}, ${area.y0}`,
      count(Math.max(1, number(row.count)), 'report'),
      number(row.last) ? agoWords(number(row.last), Date.now()) : '',
    );
    const show = button('Show', () => {
      this.at = index;
      this.show();
    });
    const id = row.name;
    const close = button('Close', () => void this.end('Close this report', 'Close', 'report/close', { id }));
    item.append(make('div', { className: 'actions' }, show, close));
    return item;
  }

  private mark(): void {
    [...this.list.children].forEach((item, i) => {
      if (i === this.at) item.setAttribute('aria-current', 'true');
      else item.removeAttribute('aria-current');
    });
  }

  private show(): void {
    this.mark();
    this.list.children[this.at]?.scrollIntoView({ block: 'nearest' });
    this.host.goTo(areaOf(this.rows[this.at]!));
  }
}

export class BansTab extends ListTab {
  constructor(host: ListHost) {
    super(host, 'bans', 'Nobody is banned');
  }

  protected row(row: Fields): HTMLElement {
    const who = text(row.name);
    const item = this.line(
      who,
      number(row.slow) ? `${number(row.slow)} times slower` : '',
      number(row.until) ? untilWords(number(row.until), Date.now()) : 'for good',
      text(row.why),
      text(row.by),
    );
    item.append(button('End', () => void this.end(`End the ban of ${who}`, 'End it', 'unban', { who })));
    return item;
  }
}

export class RegionsTab extends ListTab {
  constructor(host: ListHost) {
    super(host, 'regions', 'There are no regions');
  }

  protected row(row: Fields): HTMLElement {
    const name = text(row.name);
    const item = this.line(
      name,
      row.closed === true ? 'closed' : '',
      typeof row.factor === 'number' ? `costs × ${row.factor}` : '',
      number(row.until) ? untilWords(number(row.until), Date.now()) : '',
      text(row.why),
      text(row.by),
    );
    const remove = () => void this.end(`Remove the region ${name}`, 'Remove', 'region/remove', { name });
    item.append(
      make('div', { className: 'actions' }, button('Show', () => this.host.goTo(areaOf(row))), button('Remove', remove)),
    );
    return item;
  }
}

export class AuditTab extends ListTab {
  constructor(host: ListHost) {
    super(host, 'audit', 'Nothing has been done yet');
  }

  protected row(row: Fields): HTMLElement {
    const isAction = row.t === 'action';
    const what = isAction ? text(row.kind) : `${text(row.t)} ${row.gone === true ? 'ended: ' : ''}${text(row.name)}`;
    return this.line(
      what,
      `action ${number(row.action)}`,
      isAction ? text(row.predicate) : '',
      text(row.by),
      number(row.at) ? agoWords(number(row.at), Date.now()) : '',
      text(row.why),
    );
  }
}

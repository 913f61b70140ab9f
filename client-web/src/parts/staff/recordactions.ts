// SPDX-License-Identifier: ISC
// What the staff can do to records: bans, regions and reports are changed, ended and closed.

import type { Rect } from '../../core/edit';
import type { Fields } from '../../net/control';
import { t } from '../../texts';
import { Action, FOR_GOOD, UNTIL, type Ask } from './action';
import type { Desk, Outcome } from './desk';
import { number, text } from './records';

/** Something that changes records only, and shows where. */
class Record extends Action {
  constructor(
    desk: Desk,
    readonly title: string,
    readonly verb: string,
    private readonly done: string,
    private readonly act: (why: string) => Promise<unknown>,
    override readonly asks: readonly Ask[] = [],
  ) {
    super(desk);
  }

  protected async run(): Promise<Outcome> {
    await this.act(this.why);
    return { words: this.done, action: null };
  }

  /** The end that was chosen, as members of a record. */
  get end(): Fields {
    const { until } = this;
    return until === null ? {} : { until };
  }
}

/** Another end, or slowing down instead. */
export function changeBan(desk: Desk, row: Fields): Record {
  const who = text(row.name);
  const action: Record = new Record(
    desk,
    t().staff.editBanTitle(who),
    t().staff.editVerb,
    t().staff.changed,
    (why) => {
      const { until } = action.end;
      const slow = Number(action.answers.slow.value) || 0;
      return desk.control.post('ban', why, {
        who,
        ...(typeof until === 'number' && { for: Math.max(1, Math.round((until - Date.now()) / 1_000)) }),
        ...(slow > 1 && { slow }),
      });
    },
    ['period', 'slow'],
  );
  action.answers.why.value = text(row.why);
  action.answers.slow.value = number(row.slow) > 1 ? String(row.slow) : '';
  fillEnd(action, row);
  return action;
}

/** A region with all that it can say; null: a new one, of this area. */
export function changeRegion(desk: Desk, row: Fields | null, area: Rect): Record {
  const { staff } = t();
  const known = row ? text(row.name) : null;
  const action: Record = new Record(
    desk,
    known === null ? staff.addRegionTitle : staff.editRegionTitle(known),
    known === null ? staff.addVerb : staff.editVerb,
    known === null ? staff.added : staff.changed,
    (why) => {
      const { name, closed, factor, colours, visitors } = action.answers;
      const { x0, y0, x1, y1 } = area;
      const words = visitors.value.trim();
      return desk.control.post('region', why, {
        ...{ name: known ?? name.value.trim(), x: x0, y: y0, w: x1 - x0, h: y1 - y0 },
        closed: closed.value,
        ...(Number(factor.value) !== 1 && { factor: Number(factor.value) }),
        ...(colours.value && { colours: colours.value }),
        ...(typeof row?.from === 'number' && { from: row.from }),
        ...(words && { words }),
        ...action.end,
      });
    },
    [...(known === null ? (['name'] as const) : []), 'closed', 'factor', 'colours', 'period', 'visitors'],
  );
  const { answers } = action;
  if (row) {
    answers.why.value = text(row.why);
    answers.closed.value = row.closed === true;
    answers.factor.value = String(typeof row.factor === 'number' ? row.factor : 1);
    answers.colours.value = Array.isArray(row.colours) ? row.colours.map(number) : null;
    answers.visitors.value = text(row.words);
    fillEnd(action, row);
  }
  return action;
}

/** As it ends now. */
function fillEnd({ answers }: Action, row: Fields): void {
  const until = number(row.until);
  answers.period.value = until > 0 ? UNTIL : FOR_GOOD;
  if (until > 0) answers.moment.value = localMoment(until);
}

/** As <input type=datetime-local> wants it: in the reader's time, without a zone. */
function localMoment(time: number): string {
  const date = new Date(time);
  return new Date(time - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export const removeRegion = (desk: Desk, row: Fields): Record =>
  new Record(desk, t().staff.removeTitle(text(row.name)), t().staff.remove, t().staff.removed, (why) =>
    desk.control.post('region/remove', why, { name: text(row.name) }),
  );

export const endBan = (desk: Desk, row: Fields): Record =>
  new Record(desk, t().staff.endTitle(text(row.name)), t().staff.endVerb, t().staff.ended, (why) =>
    desk.control.post('unban', why, { who: text(row.name) }),
  );

export const closeReport = (desk: Desk, row: Fields): Record =>
  new Record(desk, t().staff.closeTitle, t().staff.close, t().staff.closed, (why) =>
    desk.control.post('report/close', why, { id: text(row.name) }),
  );

// SPDX-License-Identifier: ISC
// What there is: reports, bans, regions, and the audit. All of it is text that somebody wrote, and stays
// text.

import { useSignal } from '@preact/signals';
import { untilWords } from '../../texts/time';
import type { Fields } from '../../net/control';
import { locale, t } from '../../texts';
import { Undo } from './actions';
import { changeBan, changeRegion, closeReport, endBan, removeRegion } from './recordactions';
import { KeyButton } from './key';
import { ago, takeArea, useRecords, type ListProps } from './listing';
import * as say from './numbers';
import { areaOf, areaOfPredicate, matches, number, rowsOf, text, widened } from './records';
import { Row, WalkHelp } from './rows';

const AUDIT_ROWS = 50;

const until = (time: unknown): string => (number(time) ? untilWords(number(time), Date.now(), locale()) : '');

export function Reports({ desk, goTo }: ListProps) {
  const { staff } = t();
  const rows = useRecords(desk, 'reports');
  if (rows?.length === 0) return <p>{staff.noReports}</p>;
  return (
    <>
      <WalkHelp />
      <ul class="rows">
        {rows?.map((row) => {
          const area = areaOf(row);
          return (
            <Row
              key={text(row.name)}
              title={staff.reportAt(text(row.reason), area.x0, area.y0)}
              details={[say.reports(Math.max(1, number(row.count))), ago(row.last)]}
              onEnter={() => goTo(area)}
            >
              <KeyButton keys="F" onClick={() => takeArea(desk, widened(area))}>
                {staff.takeArea}
              </KeyButton>
              <KeyButton keys="C" onClick={() => desk.begin(closeReport(desk, row))}>
                {staff.close}
              </KeyButton>
            </Row>
          );
        })}
      </ul>
    </>
  );
}

export function Bans({ desk }: ListProps) {
  const { staff } = t();
  const rows = useRecords(desk, 'bans');
  if (rows?.length === 0) return <p>{staff.noBans}</p>;
  return (
    <>
      <WalkHelp />
      <ul class="rows">
        {rows?.map((row) => (
          <Row
            key={text(row.name)}
            title={text(row.name)}
            details={[
              number(row.slow) ? staff.slower(say.number(number(row.slow))) : '',
              until(row.until) || staff.forEver,
              text(row.why),
              text(row.by),
            ]}
          >
            <KeyButton keys="E" onClick={() => desk.begin(changeBan(desk, row))}>
              {staff.edit}
            </KeyButton>
            <KeyButton keys="C" onClick={() => desk.begin(endBan(desk, row))}>
              {staff.end}
            </KeyButton>
          </Row>
        ))}
      </ul>
    </>
  );
}

export function Regions({ desk, goTo }: ListProps) {
  const { staff } = t();
  const rows = useRecords(desk, 'regions');
  const area = desk.area.value;
  const add = () => {
    if (area) desk.begin(changeRegion(desk, null, area));
    else desk.notice.value = staff.needArea;
  };
  return (
    <>
      <div class="actions">
        <KeyButton keys="N" onClick={add}>
          {staff.addRegion}
        </KeyButton>
      </div>
      {rows?.length === 0 ? <p>{staff.noRegions}</p> : <WalkHelp />}
      <ul class="rows">
        {rows?.map((row) => (
          <Row
            key={text(row.name)}
            title={text(row.name)}
            details={[
              row.closed === true ? staff.regionClosed : '',
              typeof row.factor === 'number' ? staff.regionFactor(say.number(row.factor)) : '',
              Array.isArray(row.colours) ? staff.regionColours(say.number(row.colours.length)) : '',
              until(row.until),
              text(row.why),
              text(row.by),
            ]}
            onEnter={() => goTo(areaOf(row))}
          >
            <KeyButton keys="E" onClick={() => desk.begin(changeRegion(desk, row, areaOf(row)))}>
              {staff.edit}
            </KeyButton>
            <KeyButton keys="F" onClick={() => takeArea(desk, areaOf(row))}>
              {staff.takeArea}
            </KeyButton>
            <KeyButton keys="C" onClick={() => desk.begin(removeRegion(desk, row))}>
              {staff.remove}
            </KeyButton>
          </Row>
        ))}
      </ul>
    </>
  );
}

/** What kind of thing a record of the audit is. */
const kindOf = (row: Fields): string => text(row.t === 'action' ? row.kind : row.t);

export function Audit({ desk, goTo }: ListProps) {
  const { staff } = t();
  const newest = useRecords(desk, 'audit');
  const older = useSignal<readonly Fields[]>([]);
  const kind = useSignal('');
  const words = useSignal('');
  const whole = useSignal(false);
  const first = newest ?? [];
  const least = Math.min(...first.map((row) => number(row.action)));
  const all = [...first, ...older.value.filter((row) => number(row.action) < least)];
  const kinds = [...new Set(all.map(kindOf))].sort();
  const shown = all.filter((row) => (kind.value === '' || kindOf(row) === kind.value) && matches(row, words.value));
  const more = () =>
    desk.attempt(async () => {
      const before = Math.min(...all.map((row) => number(row.action)));
      const rows = rowsOf(await desk.control.get('audit', { before, n: AUDIT_ROWS }), 'audit');
      older.value = [...older.value, ...rows];
      whole.value = rows.length === 0;
    });
  return (
    <>
      <div class="filter">
        <input
          type="search"
          data-key="/"
          placeholder={`${staff.filter} (/)`}
          aria-label={staff.filter}
          value={words.value}
          onInput={({ currentTarget }) => (words.value = currentTarget.value)}
        />
        <select
          aria-label={staff.kinds}
          value={kind.value}
          onChange={({ currentTarget }) => (kind.value = currentTarget.value)}
        >
          <option value="">{staff.allKinds}</option>
          {kinds.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {newest && shown.length === 0 && <p>{all.length === 0 ? staff.noAudit : staff.noMatch}</p>}
      <ul class="rows" aria-label={staff.tabs.audit}>
        {shown.map((row) => (
          <AuditRow key={text(row.action) + text(row.t) + text(row.name)} {...{ desk, goTo, row }} />
        ))}
      </ul>
      {first.length >= AUDIT_ROWS && !whole.value && (
        <button type="button" onClick={() => void more()}>
          {staff.older}
        </button>
      )}
    </>
  );
}

function AuditRow({ desk, goTo, row }: ListProps & { row: Fields }) {
  const { staff } = t();
  const isAction = row.t === 'action';
  const predicate = isAction ? text(row.predicate) : '';
  const area = isAction ? areaOfPredicate(predicate) : row.t === 'region' && row.gone !== true ? areaOf(row) : null;
  const action = number(row.action);
  const title = isAction
    ? text(row.kind)
    : row.gone === true
      ? staff.auditEnded(text(row.t), text(row.name))
      : `${text(row.t)} ${text(row.name)}`;
  return (
    <Row
      title={title}
      details={[staff.action(action), predicate, text(row.by), ago(row.at), text(row.why)]}
      onEnter={area ? () => goTo(area) : undefined}
    >
      {isAction && (
        <KeyButton keys="C" onClick={() => desk.begin(new Undo(desk, action))}>
          {staff.undo}
        </KeyButton>
      )}
    </Row>
  );
}

// SPDX-License-Identifier: ISC
// The area: how it is chosen, who painted in it by count, when how much was painted, and what can be done
// about it.

import { agoWords } from '../../texts/time';
import * as state from '../../app/state';
import { colourName, locale, t } from '../../texts';
import { Ban, Lock, RollBack, type Target } from './actions';
import { PERIODS, type Desk, type Period } from './desk';
import { KeyButton } from './key';
import * as say from './numbers';
import { Row, WalkHelp } from './rows';
import { Timeline } from './timeline';

export function Area({ desk, drag }: { desk: Desk; drag: () => void }) {
  const { staff } = t();
  const area = desk.area.value;
  return (
    <>
      <div class="actions">
        <KeyButton keys="X" class="main" onClick={drag}>
          {staff.drag}
        </KeyButton>
        {area && (
          <button type="button" onClick={() => desk.choose(null)}>
            {staff.forget}
          </button>
        )}
      </div>
      <p class="quiet grow-help">
        <kbd aria-hidden="true">⇧ ← ↑ ↓ →</kbd> {staff.growHelp}
      </p>
      <p class="where">
        {area
          ? staff.areaOf(area.x0, area.y0, area.x1 - area.x0, area.y1 - area.y0)
          : desk.chosen.value.size > 0
            ? staff.everywhere
            : staff.noArea}
      </p>
      <div class="line">
        <label for="staff-time">{staff.editsOf}</label>
        <select
          id="staff-time"
          name="time"
          value={desk.period.value}
          onChange={({ currentTarget }) => desk.choosePeriod(currentTarget.value as Period)}
        >
          {PERIODS.map((period) => (
            <option key={period} value={period}>
              {staff.periods[period]}
            </option>
          ))}
        </select>
        <Colour desk={desk} />
      </div>
      <Timeline desk={desk} />
      <Authors desk={desk} />
      <Does desk={desk} />
    </>
  );
}

/** Raids often have one colour. */
function Colour({ desk }: { desk: Desk }) {
  const names = state.info.value?.palette ?? [];
  return (
    <select
      aria-label={t().palette.label}
      value={desk.colour.value ?? ''}
      onChange={({ currentTarget: { value } }) => desk.chooseColour(value === '' ? null : Number(value))}
    >
      <option value="">{t().staff.anyColour}</option>
      {names.map(({ name }, index) => (
        <option key={index} value={index}>
          {colourName(name)}
        </option>
      ))}
    </select>
  );
}

function Authors({ desk }: { desk: Desk }) {
  const { staff } = t();
  const authors = desk.authors.value;
  const chosen = desk.chosen.value;
  // Who was ticked elsewhere is listed as well.
  const others = [...chosen].filter(([author]) => !authors?.some((one) => one.author === author));
  if (!authors && others.length === 0) return desk.counting.value ? <p role="status">{staff.counting}</p> : null;
  const all = [...(authors ?? []), ...others.map(([author, name]) => ({ author, name, edits: 0 }))];
  return (
    <>
      <div class="actions">
        <WalkHelp />
        {all.length > 1 && (
          <KeyButton keys="⇧A" onClick={() => desk.tickAll()}>
            {staff.tickAll}
          </KeyButton>
        )}
      </div>
      <ul class="authors" aria-label={staff.authors} aria-busy={desk.counting.value}>
        {all.map(({ author, name, edits }) => (
          <li key={author} data-row>
            <label title={author}>
              <input
                type="checkbox"
                value={author}
                checked={chosen.has(author)}
                onChange={({ currentTarget }) => desk.tick(author, name || author, currentTarget.checked)}
              />
              <span>{name || author}</span>
              <span class="count">{edits > 0 ? say.number(edits) : ''}</span>
            </label>
          </li>
        ))}
      </ul>
      <p class="quiet" role="status">
        {all.length === 0 ? staff.nobody : chosen.size === 0 ? staff.everybody : staff.chosen(say.people(chosen.size))}
      </p>
    </>
  );
}

/** The three things that can be done; always there, so that one learns their keys. */
function Does({ desk }: { desk: Desk }) {
  const { staff } = t();
  if (desk.action.value) return null;
  const area = desk.area.value;
  const rollBack = () => {
    if (desk.meant.value) desk.begin(new RollBack(desk));
    else desk.notice.value = staff.needPeriod;
  };
  const lock = () => {
    if (area) desk.begin(new Lock(desk, area));
    else desk.notice.value = staff.needArea;
  };
  const ban = () => {
    const targets: Target[] = [...desk.chosen.value].map(([who, name]) => ({ who, name }));
    if (targets.length > 0) desk.begin(new Ban(desk, targets));
    else desk.notice.value = staff.banNobody;
  };
  return (
    <div class="actions does">
      <KeyButton keys="U" onClick={rollBack}>
        {staff.rollBack}
      </KeyButton>
      <KeyButton keys="O" onClick={lock}>
        {staff.lock}
      </KeyButton>
      <KeyButton keys="B" onClick={ban}>
        {staff.ban}
      </KeyButton>
    </div>
  );
}

/** One change of a pixel, with what only the staff see. */
export interface SeenChange {
  readonly author: string;
  readonly name: string;
  readonly time: number;
  readonly networks: readonly string[];
  /** The number of a moderator's action; 0: somebody's own. */
  readonly action: number;
}

export interface SeenPixel {
  readonly x: number;
  readonly y: number;
  /** Newest first; null while they are asked for. */
  readonly changes: readonly SeenChange[] | null;
}

/** How far around a pixel its area reaches. */
const AROUND = 10;

export function Pixel({ desk, pixel }: { desk: Desk; pixel: SeenPixel | null }) {
  const { staff } = t();
  if (!pixel) return <p class="quiet">{staff.pixelHelp}</p>;
  const { x, y, changes } = pixel;
  const take = () => {
    desk.choose({ x0: x - AROUND, y0: y - AROUND, x1: x + AROUND + 1, y1: y + AROUND + 1 });
    desk.tab.value = 'area';
  };
  return (
    <>
      <p class="where">{`${x}, ${y}`}</p>
      <div class="actions">
        <KeyButton keys="F" onClick={take}>
          {staff.pixelAround}
        </KeyButton>
      </div>
      {changes?.length === 0 && <p>{staff.never}</p>}
      {!changes && <p role="status">{staff.counting}</p>}
      {changes && changes.length > 0 && <WalkHelp />}
      <ul class="rows">
        {changes?.map((change, i) => (
          <PixelRow key={i} {...{ desk, change }} />
        ))}
      </ul>
    </>
  );
}

function PixelRow({ desk, change }: { desk: Desk; change: SeenChange }) {
  const { staff } = t();
  const { author, name, time, networks, action } = change;
  const when = time ? agoWords(time, Date.now(), locale()) : '';
  if (action) return <Row title={staff.action(action)} details={[when]} />;
  const banNetwork = () =>
    desk.begin(new Ban(desk, networks.slice(0, 1).map((net) => ({ who: net, name: staff.network(net) }))));
  return (
    <Row title={name || author} details={[author, ...networks.slice(0, 3), when]}>
      <KeyButton keys="B" onClick={() => desk.begin(new Ban(desk, [{ who: author, name: name || author }]))}>
        {staff.ban}
      </KeyButton>
      {networks.length > 0 && (
        <KeyButton keys="N" onClick={banNetwork}>
          {staff.banNetwork}
        </KeyButton>
      )}
    </Row>
  );
}

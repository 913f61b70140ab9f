// SPDX-License-Identifier: ISC
// What the rules that are on have found: where, how many, from where. They only say so: whom to ban is for
// a moderator to decide, as a network can be a school.

import { t } from '../../texts';
import type { Fields } from '../../net/control';
import { Ban } from './actions';
import { KeyButton } from './key';
import { ago, takeArea, useRecords, type ListProps } from './listing';
import * as say from './numbers';
import { areaOfCell, networksOf, number, text } from './records';
import { Row, WalkHelp } from './rows';

export function Suspects(props: ListProps) {
  const rows = useRecords(props.desk, 'suspects');
  if (rows?.length === 0) return <p>{t().staff.noSuspects}</p>;
  return (
    <>
      <WalkHelp />
      <ul class="rows">
        {rows?.map((row) => (
          <Suspect key={`${text(row.rule)} ${text(row.net)} ${String(row.cell)}`} {...props} row={row} />
        ))}
      </ul>
    </>
  );
}

function Suspect({ desk, goTo, row }: ListProps & { row: Fields }) {
  const { staff } = t();
  const area = areaOfCell(row);
  const networks = networksOf(row);
  const rule = text(row.rule);
  const all = Math.max(networks.length, number(row.networks_all));
  const ban = () => desk.begin(new Ban(desk, networks.map((net) => ({ who: net, name: staff.network(net) }))));
  return (
    <Row
      title={staff.suspectRules[rule as keyof typeof staff.suspectRules] ?? rule}
      details={[
        area ? `${area.x0}, ${area.y0}` : networks.slice(0, 1).join(),
        say.people(number(row.authors)),
        all > 1 ? say.networks(all) : '',
        ago(row.last),
      ]}
      onEnter={area ? () => goTo(area) : undefined}
    >
      {area && (
        <KeyButton keys="F" onClick={() => takeArea(desk, area)}>
          {staff.takeArea}
        </KeyButton>
      )}
      {networks.length > 0 && (
        <KeyButton keys="B" onClick={ban}>
          {networks.length > 1 ? staff.banNetworks(say.networks(networks.length)) : staff.banNetwork}
        </KeyButton>
      )}
    </Row>
  );
}

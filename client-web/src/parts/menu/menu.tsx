// SPDX-License-Identifier: ISC
// The menu, open: what hangs in it (app/menu.ts), group by group.

import { entries, GROUPS, menuOpen, type Action, type Choice, type Entry, type Switch } from '../../app/menu';
import { t } from '../../texts';
import { Icon } from '../../ui/icons';
import { Sheet } from '../../ui/sheet';

const Key = ({ name }: { readonly name: string | undefined }) => (name ? <kbd>{name}</kbd> : null);

function ActionRow({ entry }: { readonly entry: Action }) {
  const run = () => {
    // First the focus goes back to where it was.
    menuOpen.value = false;
    entry.run();
  };
  return (
    <button type="button" class="entry" data-id={entry.id} onClick={run}>
      <Icon d={entry.icon} />
      <span>{entry.label()}</span>
      <Key name={entry.key} />
    </button>
  );
}

function SwitchRow({ entry }: { readonly entry: Switch }) {
  const on = entry.on();
  return (
    <button
      type="button"
      class="entry"
      data-id={entry.id}
      role="switch"
      aria-checked={on}
      onClick={() => entry.set(!on)}
    >
      <Icon d={entry.icon} />
      <span>{entry.label()}</span>
      <Key name={entry.key} />
      <i class="knob" />
    </button>
  );
}

function ChoiceRow({ entry }: { readonly entry: Choice }) {
  const value = entry.value();
  const title = `entry-${entry.id}`;
  return (
    <div class="entry" data-id={entry.id} role="radiogroup" aria-labelledby={title}>
      <Icon d={entry.icon} />
      <span id={title}>{entry.label()}</span>
      <Key name={entry.key} />
      <span class="segments">
        {entry.values().map(([name, words]) => (
          <label key={name}>
            <input
              type="radio"
              name={title}
              value={name}
              checked={name === value}
              onChange={() => entry.choose(name)}
            />
            <span>{words}</span>
          </label>
        ))}
      </span>
    </div>
  );
}

function ListRow({ entry }: { readonly entry: Choice }) {
  return (
    <label class="entry" data-id={entry.id}>
      <Icon d={entry.icon} />
      <span>{entry.label()}</span>
      <Key name={entry.key} />
      <select value={entry.value()} onChange={({ currentTarget }) => entry.choose(currentTarget.value)}>
        {entry.values().map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

function Row({ entry }: { readonly entry: Entry }) {
  switch (entry.kind) {
    case 'action':
      return <ActionRow entry={entry} />;
    case 'switch':
      return <SwitchRow entry={entry} />;
    case 'choice':
      return <ChoiceRow entry={entry} />;
    case 'list':
      return <ListRow entry={entry} />;
  }
}

export function Menu() {
  if (!menuOpen.value) return null;
  const shown = entries.value.filter((entry) => entry.shown?.() ?? true);
  return (
    <Sheet id="menu-panel" label={t().menu.name} titled={false} closed={() => (menuOpen.value = false)}>
      {GROUPS.map((group) => {
        const rows = shown.filter((entry) => entry.group === group);
        if (rows.length === 0) return null;
        return (
          <div key={group} class="entries" role="group" aria-label={t().menu.groups[group]}>
            {rows.map((entry) => (
              <Row key={entry.id} entry={entry} />
            ))}
          </div>
        );
      })}
    </Sheet>
  );
}

// SPDX-License-Identifier: ISC
// The keys: what each does.

import { t } from '../../texts';
import { Sheet } from '../../ui/sheet';

/** What is between two keys is either "or" or "to". */
const Keys = ({ names }: { readonly names: string }) => (
  <span class="keys">
    {names.split(' ').map((name, i) => (name === '–' ? <i key={i}>–</i> : <kbd key={i}>{name}</kbd>))}
  </span>
);

export function KeysHelp({ closed }: { closed(): void }) {
  const { title, groups } = t().keys;
  return (
    <Sheet id="keys-help" label={title} titled closed={closed}>
      <div class="columns">
        {groups.map(({ name, rows }) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {rows.map(([names, words]) => (
                <div key={names}>
                  <dt>
                    <Keys names={names} />
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Sheet>
  );
}

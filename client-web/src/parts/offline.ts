// SPDX-License-Identifier: ISC
// The page that a browser shows when this one cannot be had: written at every visit, in the language
// and the colours that one chose, and kept for the service worker (public/sw.js). It shows no
// picture, since that would be an old one, and leads back as soon as the server answers.

import '../texts/enparts';
import { theme } from '../app/settings';
import { locale, t } from '../texts';
import '../texts/enparts';

const CACHE = 'placed-offline';
/** How long the page waits between two tries, from the first to the last. */
const WAITS_S = [2, 4, 8, 15, 30];

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Its styles and its script are in it: there is nothing else to load them from. */
function page(): string {
  const { title, offline, unreachable, why, again } = t().offline;
  const dark = 'background:#3b3b3b;color:#f0f0f0';
  const words = JSON.stringify({ offline, unreachable }).replace(/</g, '\\u003c');
  return `<!doctype html>
<html lang="${escape(locale())}" data-theme="${theme.value}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>
html{height:100%;font:100%/1.5 system-ui,sans-serif;background:#c4c4c4;color:#1c1c1c}
@media(prefers-color-scheme:dark){html:not([data-theme=light]){${dark}}}
html[data-theme=dark]{${dark}}
body{min-height:100%;margin:0;display:grid;place-items:center;text-align:center}
main{max-width:26rem;padding:1rem}
h1{font-size:1.25rem}
button{min-height:44px;padding:0.5rem 1.25rem;font:inherit;font-weight:600;color:inherit;background:none;border:1px solid;border-radius:10px;cursor:pointer}
</style>
<main>
<h1 role="status"></h1>
<p>${escape(why)}</p>
<p><button type="button">${escape(again)}</button></p>
</main>
<script>
const words=${words},waits=${JSON.stringify(WAITS_S)};
let tries=0;
const say=()=>{document.querySelector('h1').textContent=navigator.onLine?words.unreachable:words.offline};
const look=()=>fetch('./info',{cache:'no-store'}).then((answer)=>answer.ok&&location.reload(),()=>{});
const later=()=>setTimeout(()=>{look();later()},1000*waits[Math.min(tries++,waits.length-1)]);
say();later();
addEventListener('offline',say);
addEventListener('online',()=>{say();look()});
document.querySelector('button').onclick=()=>location.reload();
</script>
`;
}

/** Registers the worker, and gives it this page. Where that cannot be, there is none. */
export async function keepOffline(): Promise<void> {
  if (!('serviceWorker' in navigator) || !('caches' in window)) return;
  const cache = await caches.open(CACHE);
  const answer = new Response(page(), {
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
  });
  await cache.put(new URL('./offline', location.href.replace(/[?#].*/, '')), answer);
  await navigator.serviceWorker.register('./sw.js');
}

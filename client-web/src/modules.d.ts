// SPDX-License-Identifier: ISC
// What the build makes of names that are not in any file: imports that end in ?worker, and constants.

declare module '*?worker' {
  const Constructor: new () => Worker;
  export default Constructor;
}

/** The version of the page, of package.json. */
declare const __VERSION__: string;
/** Where the source is, if whoever built the page said so (PLACED_SOURCE); else ''. */
declare const __SOURCE__: string;

// SPDX-License-Identifier: ISC
// What the build makes of an import that ends in ?worker.

declare module '*?worker' {
  const Constructor: new () => Worker;
  export default Constructor;
}

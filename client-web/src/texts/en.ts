// SPDX-License-Identifier: ISC
// English: all that the page says, by the part of the page that says it. Short, plain sentences
// without exclamation marks. A text with values in it is a function.

export const en = {
  page: {
    notLoaded: "Can't load this part of the page: try again",
    inThePast: 'This is the past: go back to Live to place pixels',
  },
};

// The brand's own colours where no token of the style reaches: pictures that are drawn, the logo, the manifest.

/** Ink of the account book; in light the token `--accent`. */
export const brandInk = '#3538a8'
export const brandPaper = '#faf8f4'
/** The thread that binds the book. */
export const brandThread = '#f2a33a'

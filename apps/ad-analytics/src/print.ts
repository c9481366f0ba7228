/** Where lines go. */
export type Print = (line: string) => void;

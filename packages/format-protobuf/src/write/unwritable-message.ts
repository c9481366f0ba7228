/** A value that a message cannot hold. */
export class UnwritableMessage extends Error {
  /** For a value that is not in its enum. */
  readonly enumValue: { readonly data: string; readonly enumString: string } | undefined;

  constructor(message: string, enumValue?: { readonly data: string; readonly enumString: string }) {
    super(message);
    this.enumValue = enumValue;
  }
}

/** What is wrong with the bytes of a file. Whoever knows the file and the column makes an error of the engine of it. */
export class ParquetFault extends Error {
  override readonly name = "ParquetFault";
}

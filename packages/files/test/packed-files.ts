/** The lines that stand in all the files. */
export const PLAIN: Buffer = Buffer.from(
  Array.from({ length: 60 }, (_, id) => `{"id":${id},"name":"row ${id % 7}"}\n`).join(""),
);

const bytes = (text: string): Buffer => Buffer.from(text, "base64");

/** As Apache Spark 4.3.0 wrote them. */
export const BY_SPARK: Readonly<Record<"bzip2" | "snappy" | "lz4", Buffer>> = {
  bzip2: bytes(
    "QlpoOTFBWSZTWXLrkhkAAq1ZgAAQUAR/8CYjkIowAPrTBpTNU//VUnqnoRoGBg3tQUANABNVUR/qkGIyeo2p+pqh/0NqG1DVD3obUOvPrx+vvtn0MjIHJsAQAMBYLtK4v4Gq9UwEy8AMzTEQADzCVKRLukqa03u7vWm/3UnGdN+FSbAuVFSYZGZUVIZGZUSTBZiVEkwOTaVEkwOXKzMzLMzMszMzaob0PFDeh6UN6HChqhwoaoaocaHkXckU4UJBy65IZA==",
  ),
  snappy: bytes(
    "AAAF0gAAAa/SC1x7ImlkIjowLCJuYW1lIjoicm93IDAifQoJGAAxMhgAADEVGAAyMhgAADIVGAAzMhgAADMVGAA0MhgAADQVGAA1MhgAADUVGAA2MhgAADYVGAA3MhgAGagAODIYABmoADkyGAAZqAAxNvEAGakAMTbyABmqADE28wAZqwAxNvQAGawAMTb1ABmtADE29gAZrgAxNvcAHa82+AAdrzb5AB2vNvoAGa8AMjb6ABmvADI2+gAZrwAyNvoAADE1jQAyNvoAGa8AMjb6ABmvADI2+gAZrwAyNvoAHa82+gAdrwA4MtsBHa82+gAZrwAzNvoAGa8AMzb6ABmvADM2+gAZrwAzNvoAGa8AMzb6ABmvADM2+gAZrwAzNvoAHa82+gAdrzb6AB2vNvoAGa8ANDb6ABmvADQ2+gAZrwA0NvoAGa8ANDb6ABmvADQ2+gAZrwA0NvoAGa8ANDb6AB2vNvoAHa82+gAdrzb6ABmvADU2+gAZrwA1NvoAGa8ANTb6ABmvADU2+gAZrwA1NvoAGa8ANTb6ABmvADU2+gAdrzb6AB2vNvoAHa82+gAMMyJ9Cg==",
  ),
  lz4: bytes(
    "AAAF0gAAAbPyCXsiaWQiOjAsIm5hbWUiOiJyb3cgMCJ9ChgAGTEYABUxGAAZMhgAFTIYABkzGAAVMxgAGTQYABU0GAAZNRgAFTUYABk2GAAVNhgAGTcYAAaoABk4GAAGqAAZORgABqgAGjHxAAapABox8gAGqgAaMfMABqsAGjH0AAasABox9QAGrQAaMfYABq4AGjH3AAevAAr4AAevAAr5AAevAAr6AAavABoy+gAGrwAaMvoABq8AGjL6AAavABoy+gAGrwAaMvoABq8AGjL6AAavABoy+gAHrwAK+gAHrwAK+gAHrwAK+gAGrwAaM/oABq8AGjP6AAavABoz+gAGrwAaM/oABq8AGjP6AAavABoz+gAGrwAaM/oAB68ACvoAB68ACvoAB68ACvoABq8AGjT6AAavABo0+gAGrwAaNPoABq8AGjT6AAavABo0+gAGrwAaNPoABq8AGjT6AAevAAr6AAevAAr6AAevAAr6AAavABo1+gAGrwAaNfoABq8AGjX6AAavABo1+gAGrwAaNfoABq8AGjX6AAavABo1+gAHrwAK+gAHrwAK+gAHrwAJ+gBQIDMifQo=",
  ),
};

/** As the reference implementation of Zstandard wrote them, which Spark reads, but does not write. */
export const BY_ZSTD: Readonly<Record<string, Buffer>> = {
  "with a checksum": bytes(
    "KLUv/WTSBMUEAAKJFhaQKx0tvC920d0BEajJlFIy6bJ/eaADJZme3+n13+/5nVy+7ZqeyeXbbdmVWn3dlh2JxdMsyZFY/LyO22i1zx0HE1Cg6rdbcivJ0MFQLAYZA4KQGAAhUzhMI3aoIfz63wHQU3UQFCEo0TxPBvHJIF0YZIuRXCmEJyN9xz/sZ/2fL+Hl+2MvsHpM9K2oda1pVflBWECqfe1h6A==",
  ),
  unchecked: bytes(
    "KLUv/WDSBIUEALLIFhSwawykYuGISmJNS2RKKXmBcqQrAcWJD1///Z7f1QsTHrx82zU9KxclOnT1dVt2VS1IcODiaZbkqFiM2LC1z+u4Ta0ghrV+uyU3IEoqeBonGSlZDiYJykiIkqBCqBHw+P3fwKPqESgEHcEjKML9ze7Wc7vTsowlLF7hSiuztFyt7LTbCFnTthFjAgu0Kg==",
  ),
};

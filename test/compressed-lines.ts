/**
 * What `zstd` 1.5 and `bzip2` 1.0 made of 200 lines: `id,when,name`, then `1,2026-01-02T00:00:00Z,name 1` and so on, the
 * day going round in 28, the name in 7.
 */
export const compressedLines = {
  zstdWithChecksum:
    'KLUv/QRYDRUANpYwFaCp2gNo6ki1qy4tsrt7J0rBK24YAjAAJgArAGZtks2xKTbDrvn66DPWilTEoaGMMCT4OA0wENAKvAf3QO8NpkECgYJBwe' +
    'BgwVCAEFJCMiIScrFUguHgGxEREWfdk37OT/kZP//TP/uTfs5NsRk2b9MOP1/vzKyMbEws7GarXVlVUU1JRb1crSOjIqIhoaCTqXRjU0MzIxPz' +
    '8XROLBe2bdu2TbrNuU15zXjNv6Zfs69JrzmvKa4ZrnnXd3Z1dHNycQGBUqgRsmbufwYxBkRAiEAKBR8RJAQKyhRmmIi8PA8wSBmCpBFICkAW+G' +
    'MNP1L0sQAfa+yRDgy151EgHmvckcKOBepYg44UcywgxxpxpIBjgTfWcCNFGwuwscYaKdRYII010EhxxgJmrFFGCjIWGGMNMVKEsQAYa3yRwosF' +
    'uliDixRbLKDFGlmkwGKBK9awIkUVC1CxxhQppFggijWgSPHEAk6s0UQKJhZYYg0lUiSxABJrHJHCiAWKWIOIFEMsIMQaQaQAYgEcIudDnT0UDQ' +
    '48TK8NO0yuDTpErQU5RKwF4hB7JHRDqlpsQ5RapIZoIvFoiB8SN0OckJgyxAeJiyEOSEwY4n/EvRDnI6YL8T3iWojjkTP8wLA4YsNDQhYLQXI4' +
    'SMhiIEgO/whZ7APJ4R4hi3kgObwjZKEDNuxzOe7TPpbjPu1jOe7TPpbjPu1jOe7TPpbjPu1jOe7TPpbjPu1jOe7TPpbjx9mM4EKCtDeEmHXlDT' +
    'Fl/b8hiKyfbwge6+8NQWL9fENwWF8AS9wbt1994SuTLbTBYIs2EGijDwIttMEg25xoGuAMqL2JpoHNgNqaaBrQDKidiaaBzIDamNiEIvTrP7H+' +
    'O6IKJhBQHSwQQBV8CQQm4EMAT8CuAsbRKLs=',
  zstdWithoutChecksum:
    'KLUv/QBoDQ8A1iVLF4CppDlLjw/PlgfF97tXdm+ZDxA1C3QdUgBHADoAgaoMU2IQGgaOMCxkCM7Qg4GCd5izg1gdWD1cOgTNoSMHEh6GH+Q4ML' +
    '7wWQir0GqgUhiaICOBwjCAAQEiBDAOjoMyaHAwkICAAgMFBg4sMCiAIGdX16Obk+N9cWdmZTWyMTHaFnZlVdWimpJiXVFXa7WlTqXsjR4ZFZWI' +
    'hoRIU9CNTU2HZkaG88ScmJRUSEZEKEvIMcRhDLVi32xzzZ1pnllmzs8xn2xyyZVJHllkysshHzdevJz4cOHk8+D39vV9+nl5/h9/scUVN6Z4Yo' +
    'kZH0d8AXfbXXdvuueWm/d33GebXXZtsscWm/Z22FdbXXVrqqeWmvV11NetV2+nPl06+z360UYXXZrooYUmPR0UgOOoEYBU3/U/A5CDghQPESQE' +
    'Ckg4JPz+r2fu1M7cyZ26mTu1M3dyp27m9mAQvAIXYP47fntf4Lv2ll7OO3j7XbC76hZdnjtye1yAu96WW247bPtaULvSFtrz7u3ubnd3e7e727' +
    '3d3e3ubu92Nz2rzOaySHYb22Jp2AW2+9UhsD82591dfzTP3b1+bM79u+W5u9ePzbl71x/NeXevg0Nor833XPfKW97yynwF2+Y/wCaAqg==',
  bzip2:
    'QlpoOTFBWSZTWb/uV3AAC3dbgAAQQAZ/8AQQJmMAgFADkIeAeA8MNU/UqP9I/9VVDIABFT8mn+qpGQAaBFU/9T/VUU/NSTRgExG1UmxslUAACK' +
    'apU9T95Q0pHkjyetNJ48tdthAAUFgsoAgASDIYGAMpAIACgsE3d4sGUgEABQWCygCABIMhgYAvnjjiScb8O2W876799a15YNa0wlLhKbdSmOo0' +
    'x1GmOY0bvMG7zBuoYiGIhiIb2iN7RGERgtYLWC1gtYLWC1gtYLWC14zMqs9+VQH74VAbVAfoF5y/HHO/PV3rMvLvD0qA+hUBnoVBrdUBgEoCqA' +
    'qlqlqlqlql4FQGLssVAdIuvPfffd533l85l5d5uqA8ShOlqUJFkUiyKRZFIsikWRSLIpFkUiyKRdl2XdekWdfvrrrq9+usvnMvLvOPSoDpdtos' +
    'kWSLJFkiycKgOy7bRakWS1/QEXSLWvGta1m+tZfOZeXfHFAAAAABpK6quksqktdZvMzJzG7xu3bgAAAAAHaXKqvCWVSWdZvMzJlt3jdtuAAAFA' +
    'AFVXaXEsqkt7zeXmZeO27xu6qlVKWAAAAFACXSWkpJqcklx23cbvkAAAAAAEuktJd9STcuR23bdx6gAFAAAB4SErSg5Nckj43bu45sAAAoAA8J' +
    'dJFJKqpaxnQUBIAwjjO/AKAqQAVm+NwEMElADWr3gApRDAJm9roAUoYQGb2ugAkBQNXtaGAJAUD7VAfICD//YCD7+fXwBB+faCD+C7kinChIX/' +
    'cruAA=',
} as const;

/** What `bzip2` made of 100,000,000 bytes 0. */
export const bzip2Bomb =
  'QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1nEYApVAD7RQA' +
  'LAAABAAAggADDMCapppUiDaipEHi7kinChIcCoiS4=';

/** @returns the lines themselves. */
export function plainLines(): string {
  const lines = Array.from({ length: 199 }, (_, index) => {
    const id = index + 1;
    return `${id},2026-01-${String(1 + (id % 28)).padStart(2, '0')}T00:00:00Z,name ${id % 7}\n`;
  });
  return `id,when,name\n${lines.join('')}`;
}

/**
 * Countries and their regions: which there are, what people call them, and which holiday calendar that means.
 * Codes are ISO 3166-1 alpha-2 and, for regions, those of date-holidays, which mostly are ISO 3166-2's.
 */
import Holidays from "date-holidays";
import { lazy, memo } from "./memo.ts";

export interface Place {
  /** `US`, and for a region `NY`, or `LA-NO` where a region has parts with holidays of their own. */
  readonly code: string;
  /** In English, a region's also in its own language where there is no English one. */
  readonly name: string;
}

/** ISO 3166-1: alpha-2 and alpha-3 of every country, run together. */
const ISO_3166_1 = (
  "ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE " +
  "BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS " +
  "BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN " +
  "COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST " +
  "EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF " +
  "GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD " +
  "HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM " +
  "JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA " +
  "LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD " +
  "MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM " +
  "NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG " +
  "PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA " +
  "SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD " +
  "STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON " +
  "TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR " +
  "VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE"
).split(" ");

/** Names in use that neither ICU nor date-holidays knows, folded; the value may name a region. */
const ALIASES: Readonly<Record<string, string>> = {
  uk: "GB",
  "great britain": "GB",
  britain: "GB",
  england: "GB-ENG",
  scotland: "GB-SCT",
  wales: "GB-WLS",
  "northern ireland": "GB-NIR",
  "u s a": "US",
  "u s": "US",
  america: "US",
  "u k": "GB",
  uae: "AE",
  emirates: "AE",
  holland: "NL",
  korea: "KR",
  "republic of korea": "KR",
  "republic of ireland": "IE",
  "russian federation": "RU",
  "viet nam": "VN",
  "hong kong": "HK",
  macau: "MO",
  macao: "MO",
  burma: "MM",
  "ivory coast": "CI",
  "congo kinshasa": "CD",
  "congo brazzaville": "CG",
  palestine: "PS",
  "east timor": "TL",
  "vatican city": "VA",
  micronesia: "FM",
};

const data = new Holidays();
const withHolidays: Readonly<Record<string, string>> = data.getCountries("en");
const displayNames = new Intl.DisplayNames("en", { type: "region" });

/** Every country there is, by code. Those that date-holidays lacks have weekends, but no public holidays. */
export const countries: () => readonly Place[] = lazy(() => {
  const codes = new Set([...ISO_3166_1.map((pair) => pair.slice(0, 2)), ...Object.keys(withHolidays)]);
  return [...codes]
    .sort()
    .map((code) => ({ code, name: displayNames.of(code) ?? withHolidays[code] ?? code }));
});

/** Whether the public holidays of a country are known; if not, its calendar has only weekends. */
export function hasHolidays(country: string): boolean {
  return Object.hasOwn(withHolidays, country.toUpperCase());
}

/** The regions of a country whose holidays differ; none for an unknown country. Some sets are incomplete. */
export function regionsOf(country: string): readonly Place[] {
  const code = country.toUpperCase();
  return hasHolidays(code) ? regions(code, () => readRegions(code)) : [];
}
const regions = memo<string, readonly Place[]>();

function readRegions(country: string): readonly Place[] {
  const states = Object.entries(data.getStates(country, "en") ?? {});
  return states.flatMap(([state, name]) => [
    { code: state, name },
    ...Object.entries(data.getRegions(country, state, "en") ?? {}).map(([part, partName]) => ({
      code: `${state}-${part}`,
      name: partName,
    })),
  ]);
}

/** The canonical code of a country code in any case, or null. */
export function countryCode(text: string): string | null {
  const code = text.trim().toLowerCase();
  return /^[a-z]{2}$/.test(code) && names().get(code) === code.toUpperCase() ? code.toUpperCase() : null;
}

/** The canonical code of a region in any case, with or without its country before it, or null. */
export function regionCode(country: string, text: string): string | null {
  const code = text.trim().toUpperCase();
  const bare = code.startsWith(`${country.toUpperCase()}-`) ? code.slice(country.length + 1) : code;
  return regionsOf(country).find((region) => region.code.toUpperCase() === bare)?.code ?? null;
}

/**
 * The place a person means by `text`: an ISO 3166-1 code (`DE`, `deu`), an English name (`United Kingdom`,
 * `UK`), or either with a subdivision by code or name (`DE-BY`, `US-NY`, `New York, USA`). A subdivision of a
 * country whose regions all keep the same holidays is left out. Null when it is not one of these; a
 * subdivision that is not known is never dropped in silence where regions differ.
 */
export function parseCountry(text: string): ParsedPlace | null {
  return parsed(text, () => ({ place: findPlace(text) })).place;
}
const parsed = memo<string, { readonly place: ParsedPlace | null }>();

/** Canonical codes of a country and, where it was named, a region of it. */
export interface ParsedPlace {
  readonly country: string;
  readonly region?: string;
}

function findPlace(text: string): ParsedPlace | null {
  const whole = countryNamed(text);
  if (whole !== null) return whole;
  for (const match of text.matchAll(/\s*[-–,/]\s*|\s+(?=\()/g)) {
    const left = text.slice(0, match.index);
    const right = text.slice(match.index + match[0].length).replace(/^\((.*)\)$/s, "$1");
    const place = withRegion(left, right) ?? withRegion(right, left);
    if (place !== null) return place;
  }
  return null;
}

function withRegion(countryText: string, regionText: string): ParsedPlace | null {
  const country = countryNamed(countryText)?.country;
  if (country === undefined || regionText.trim() === "") return null;
  const all = regionsOf(country);
  // Only after a code: in "Georgia, US" the country is the other one.
  if (all.length === 0) return /^\s*[a-z]{2,3}\s*$/i.test(countryText) ? { country } : null;
  const name = fold(regionText);
  const region =
    regionCode(country, regionText) ?? all.find((candidate) => fold(candidate.name) === name)?.code;
  return region === undefined ? null : { country, region };
}

function countryNamed(text: string): ParsedPlace | null {
  const found = names().get(fold(text));
  if (found === undefined) return null;
  const [country, region] = found.split("-") as [string, string?];
  return region === undefined ? { country } : { country, region };
}

/** Every folded name and code of a country. */
const names: () => ReadonlyMap<string, string> = lazy(
  () =>
    new Map([
      ...Object.entries(withHolidays).map(([code, name]) => [fold(name), code] as const),
      ...countries().map(({ code, name }) => [fold(name), code] as const),
      ...ISO_3166_1.map((pair) => [pair.slice(2).toLowerCase(), pair.slice(0, 2)] as const),
      ...Object.entries(ALIASES),
      ...countries().map(({ code }) => [code.toLowerCase(), code] as const),
    ]),
);

/** A name without case, accents, punctuation and article. */
function fold(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/&/g, " and ")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .replace(/^the /, "")
    .replace(/\bst\b(?= )/g, "saint");
}

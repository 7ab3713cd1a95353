/** A small configuration that is right, to put what is wrong behind. */
export const PROJECTS = `projects:
  requests: { forge: github, repo: acme/access-requests }
  onboarding: { forge: github, repo: acme/people }
`;
export const BASE = `${PROJECTS}team:
  - { handle: amber, dri: true }
  - { handle: sam }
`;

export interface Broken {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Every fault as it is printed: place, key, what was found, what was expected, the nearest name. */
  readonly faults: readonly string[];
}

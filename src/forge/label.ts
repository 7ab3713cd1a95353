import type { Label, LabelEdit } from "./forge.ts";

/** Whether a label is what an edit of the one called `name` makes of it. */
export function isEdited(label: Label, name: string, edit: LabelEdit): boolean {
  const { color, description } = edit;
  return (
    label.name === (edit.name ?? name) &&
    (color === undefined || label.color.toLowerCase() === color.toLowerCase()) &&
    (description === undefined || label.description === description)
  );
}

/** The mutations by which the register is kept. */
const kinds = ['User', 'Lob', 'Cycle', 'Report', 'Workflow'];
export const registerMutations = ['create', 'update'].flatMap((verb) => kinds.map((kind) => `${verb}${kind}`));

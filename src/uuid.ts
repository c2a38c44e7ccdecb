/** How a UUID is written, whatever its version and variant: what other systems gave out is accepted as it is. */
export const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const whole = new RegExp(`^${UUID}$`, 'i');

export const isUuid = (text: string): boolean => whole.test(text);

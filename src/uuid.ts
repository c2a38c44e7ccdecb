/** The form of a UUID, of any version and variant: ids that other systems issued are accepted as they are. */
export const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

const whole = new RegExp(`^${UUID}$`, 'i');

export const isUuid = (text: string): boolean => whole.test(text);

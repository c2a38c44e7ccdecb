export { catalogueOf, isOn, schemasOf, type Catalogue, type CatalogueLine } from './catalogue';
export { differencesOf, type CatalogueException, type Difference } from './differences';
export { parseCatalogue, printCatalogue, printDefinition } from './text';

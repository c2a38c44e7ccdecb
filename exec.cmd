@rem On Windows, what "exec" is to other shells: the scripts of package.json use it so that signals reach node itself.
@%*

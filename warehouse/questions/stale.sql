-- Whether anything but these versions made a record's reading.
    (dictionary_version, taxonomy_version, rules_version, model_version)
        != ({dictionary:String}, {taxonomy:String}, {rules:String}, {model:String})

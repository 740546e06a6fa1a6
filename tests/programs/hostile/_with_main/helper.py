value = "helper in the folder"

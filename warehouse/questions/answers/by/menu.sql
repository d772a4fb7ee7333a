menu
